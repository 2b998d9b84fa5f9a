package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.collapse4j.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that has only what the listener brings along trains and logs. */
class MandatoryDependenciesTest {
  private static final Pattern OPTIONAL =
      Pattern.compile(
          "micrometer|prometheus|vertx|netty|mapdb|tensorflow|deeplearning4j-core|-ui-|jackson-2|commons-csv"
              + "|_2\\.12|scala-|hadoop|kryo|jersey|log4j|metrics-|lz4|-to-slf4j|-over-slf4j");
  private static final Pattern LOGGING = Pattern.compile("slf4j-api|logback");

  @TempDir Path folder;

  private static String classPath(Stream<Path> more, Pattern without) {
    Stream<String> kept =
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(ChildJvm.classPath())
            .filter(entry -> !OPTIONAL.matcher(entry).find() && !without.matcher(entry).find());
    return Stream.concat(more.map(Path::toString), kept)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private String trainOn(String classPath) throws Exception {
    Path errors = folder.resolve("errors");
    Process training = ChildJvm.start(classPath, errors, BareTraining.class, folder.toString());
    String printed = new String(training.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, training.waitFor(), () -> printed + read(errors));
    assertTrue(printed.endsWith("failures 0\n"), printed);
    assertTrue(!printed.contains("there is "), printed);
    assertTrue(
        printed.contains(
            "read 2 [" + folder.resolve("log.csv") + " is left out: reading CSV needs"),
        printed);
    assertEquals(2, Files.readAllLines(folder.resolve("log.jsonl")).size());
    assertEquals(3, Files.readAllLines(folder.resolve("log.csv")).size());
    return printed + read(errors);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void nothingOptionalIsNeeded() throws Exception {
    trainOn(classPath(Stream.of(), Pattern.compile("(?!)")));
  }

  @Test
  void slf4jOfTheVersionBeforeLogsTheLine() throws Exception {
    Path old = Path.of("target", "slf4j-1.7");
    try (Stream<Path> jars = Files.list(old)) {
      List<Path> two = jars.sorted().toList();
      assertEquals(2, two.size(), two.toString());
      String logged = trainOn(classPath(two.stream(), LOGGING));
      assertTrue(
          logged.contains("INFO org.collapse4j.metrics - epoch 2, iteration 6, train at layer4: "),
          logged);
      assertTrue(
          logged.contains(" epoch 3, iteration 9, "), "no line of a bare listener: " + logged);
    }
  }
}
