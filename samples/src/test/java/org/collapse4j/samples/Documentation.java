package org.collapse4j.samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of this project as they are read by people: README, docs and the sources. */
final class Documentation {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern FENCED =
      Pattern.compile("^```(\\w*)\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

  private Documentation() {}

  /** All files in Markdown. */
  static List<Path> pages() {
    return files("glob:**.md");
  }

  /** The files whose path within the project matches, without what a build has made. */
  static List<Path> files(String glob) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher(glob);
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(
              p -> matcher.matches(ROOT.relativize(p)) && !p.toString().contains("/target/"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stands in the fenced blocks of a language. */
  static List<String> blocks(Path page, String language) {
    return FENCED
        .matcher(text(page))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** A page without its fenced blocks. */
  static String prose(Path page) {
    return FENCED.matcher(text(page)).replaceAll("");
  }
}
