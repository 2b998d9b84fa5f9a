package org.collapse4j.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Links between the files of the documentation lead somewhere, and nothing is left out of them. */
class DocumentedLinksTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
  private static final int MOST_LINES_OF_README = 150;

  /** The name under which a heading can be linked to, as GitHub and others make it. */
  private static String anchor(String heading) {
    return heading
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  private static boolean leadsSomewhere(Path page, String link) {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
  }

  private static Set<String> anchors(Path page) {
    return HEADING
        .matcher(Documentation.prose(page))
        .results()
        .map(heading -> anchor(heading.group(1)))
        .collect(Collectors.toSet());
  }

  @Test
  void everyRelativeLinkLeadsToAFileAndAHeading() {
    List<String> broken = new ArrayList<>();
    int relative = 0;
    for (Path page : Documentation.pages()) {
      for (MatchResult link : LINK.matcher(Documentation.prose(page)).results().toList()) {
        if (!link.group(1).matches("[a-z]+:.*")) {
          relative++;
          if (!leadsSomewhere(page, link.group(1))) {
            broken.add(page.getFileName() + ": " + link.group());
          }
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(relative >= 8, "only " + relative + " links were found");
  }

  @Test
  void theReadmeLeadsToEveryPageOfTheDocumentation() {
    String readme = Documentation.text(Documentation.ROOT.resolve("README.md"));
    List<Path> unlinked =
        Documentation.files("glob:docs/*.md").stream()
            .map(Documentation.ROOT::relativize)
            .filter(page -> !readme.contains("(" + page + ")"))
            .toList();
    assertEquals(List.of(), unlinked);
  }

  @Test
  void theMapOfTheHouseHasEveryPackage() {
    String map = Documentation.text(Documentation.ROOT.resolve("CONTRIBUTING.md"));
    List<String> packages =
        Documentation.files("glob:*/src/main/java/org/collapse4j/**/package-info.java").stream()
            .map(file -> file.toString().replaceAll(".*/org/collapse4j/|/package-info.java", ""))
            .map(folders -> folders.replace('/', '.'))
            .toList();
    assertEquals(
        List.of(), packages.stream().filter(name -> !map.contains("`" + name + "`")).toList());
    assertTrue(packages.contains("samples.command") && packages.contains("stats"));
  }

  @Test
  void theReadmeIsShort() {
    long lines = Documentation.text(Documentation.ROOT.resolve("README.md")).lines().count();
    assertTrue(lines <= MOST_LINES_OF_README, lines + " lines; what is long goes to docs");
  }
}
