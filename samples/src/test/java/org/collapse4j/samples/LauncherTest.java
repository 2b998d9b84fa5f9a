package org.collapse4j.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the program, with a small program in the place of ours. */
class LauncherTest {
  @TempDir private Path folder;

  /** Prints its arguments, and ends with the number of them that are "bad". */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      System.out.print(String.join("|", arguments));
      System.exit((int) Stream.of(arguments).filter("bad"::equals).count());
    }
  }

  @BeforeEach
  void makeJar() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs /bin/sh");
    Files.copy(Documentation.ROOT.resolve("samples/collapse4j"), folder.resolve("collapse4j"));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Program.class.getName());
    String name = Program.class.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(jar());
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.putNextEntry(new ZipEntry(name));
      Program.class.getClassLoader().getResourceAsStream(name).transferTo(out);
    }
    Files.setLastModifiedTime(jar(), FileTime.from(Instant.now().minusSeconds(60)));
  }

  private Path jar() {
    return folder.resolve("collapse4j.jar");
  }

  private void assertPrints(String expected, int exitCode, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", folder.resolve("collapse4j").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    builder.environment().merge("PATH", java, (path, ours) -> ours + ":" + path);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(expected, out);
    assertEquals(exitCode, process.waitFor());
  }

  private List<String> archives() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.contains("jsa")).toList();
    }
  }

  @Test
  void aCommandThatCameToAGoodEndLeavesAnArchiveThatLaterOnesStartFrom() throws Exception {
    assertPrints("measure|bad|a b|bad", 2, "measure", "bad", "a b", "bad");
    assertPrints("measure|--help", 0, "measure", "--help");
    assertPrints("", 0);
    assertEquals(List.of(), archives());
    assertPrints("measure|a b|*|", 0, "measure", "a b", "*", "");
    assertEquals(List.of("collapse4j-measure.jsa"), archives());
    FileTime made = Files.getLastModifiedTime(folder.resolve("collapse4j-measure.jsa"));
    assertPrints("measure|a b|c", 0, "measure", "a b", "c");
    assertPrints("measure|bad|c", 1, "measure", "bad", "c");
    assertEquals(made, Files.getLastModifiedTime(folder.resolve("collapse4j-measure.jsa")));
  }

  @Test
  void anArchiveThatIsOfNoUseStopsNothing() throws Exception {
    Files.writeString(folder.resolve("collapse4j-measure.jsa"), "no archive");
    assertPrints("measure|a|b", 0, "measure", "a", "b");
    Files.setLastModifiedTime(jar(), FileTime.from(Instant.now().plusSeconds(60)));
    assertPrints("measure|a|b", 0, "measure", "a", "b");
    assertTrue(Files.size(folder.resolve("collapse4j-measure.jsa")) > 1000, "it was made anew");
  }

  @Test
  void withoutAJarItSaysHowToBuildOne() throws Exception {
    Files.delete(jar());
    assertPrints(
        "collapse4j: "
            + folder.resolve("target/collapse4j.jar")
            + " is not there; mvn -q package -DskipTests builds it\n",
        2,
        "measure");
  }
}
