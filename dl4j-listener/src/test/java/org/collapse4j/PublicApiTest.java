package org.collapse4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;

/**
 * What other programs may call, as javap prints it, is what was recorded. A change that was meant
 * is recorded with {@code -Dcollapse4j.recordApi=true}, and told in the changelog.
 */
class PublicApiTest {
  private static final Path RECORD = Path.of("src/test/resources/public-api.txt");

  @Test
  void thePublicApiIsAsRecorded() throws Exception {
    List<String> api = new ArrayList<>();
    for (Class<?> inModule : List.of(Metric.class, NeuralCollapseListener.class)) {
      api.addAll(apiOf(inModule));
    }
    if (Boolean.getBoolean("collapse4j.recordApi")) {
      Files.write(RECORD, api);
    }
    assertEquals(
        String.join("\n", Files.readAllLines(RECORD)),
        String.join("\n", api),
        "The public API has changed. If that was meant, run this test with "
            + "-Dcollapse4j.recordApi=true, and say in CHANGELOG.md what changed");
  }

  private static List<String> apiOf(Class<?> inModule) throws Exception {
    URI classes = inModule.getProtectionDomain().getCodeSource().getLocation().toURI();
    Path place = Path.of(classes);
    if (Files.isDirectory(place)) {
      return apiOf(place, place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(place, Map.of())) {
      return apiOf(place, jar.getPath("/"));
    }
  }

  private static List<String> apiOf(Path classPath, Path root) throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.walk(root)) {
      names =
          files
              .map(file -> root.relativize(file).toString().replace('\\', '/'))
              .filter(file -> file.startsWith("org/collapse4j/") && file.endsWith(".class"))
              .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
              .filter(PublicApiTest::isPublic)
              .sorted()
              .toList();
    }
    List<String> api = new ArrayList<>();
    for (String name : names) {
      api.addAll(declaration(classPath, name));
    }
    return api;
  }

  private static boolean isPublic(String name) {
    try {
      Class<?> type = Class.forName(name, false, PublicApiTest.class.getClassLoader());
      while (type != null && Modifier.isPublic(type.getModifiers())) {
        type = type.getEnclosingClass();
      }
      return type == null;
    } catch (ClassNotFoundException | LinkageError unknown) {
      throw new AssertionError(name, unknown);
    }
  }

  /** The head of a class and its members in the order of the alphabet, whatever the source's is. */
  private static List<String> declaration(Path classPath, String name) {
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed);
    ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
    assertEquals(0, javap.run(out, out, "-protected", "-cp", classPath.toString(), name));
    List<String> lines =
        printed
            .toString()
            .lines()
            .filter(line -> !line.startsWith("Compiled from") && !line.equals("}"))
            .toList();
    Stream<String> members = lines.stream().skip(1).sorted();
    return Stream.concat(lines.stream().limit(1), members)
        .map(line -> line.stripTrailing().replace(" {", ""))
        .toList();
  }
}
