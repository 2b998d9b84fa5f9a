package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What README and docs say of logging and coordinates is what the consumer project is built of. */
class DocumentedLoggingTest {
  private static final Path ROOT = Path.of("..");
  private static final Path CONSUMER = Path.of("src", "it", "consumer");
  private static final Pattern XML = Pattern.compile("```xml\\n(.*?)```", Pattern.DOTALL);

  private static void assertExamplesStandIn(String file, String used) throws IOException {
    Matcher examples = XML.matcher(Files.readString(ROOT.resolve(file)));
    int found = 0;
    while (examples.find()) {
      found++;
      assertTrue(folded(used).contains(folded(examples.group(1))), examples.group());
    }
    assertTrue(found > 0, file + " has no XML");
  }

  private static String folded(String text) {
    return text.replaceAll("\\s+", "");
  }

  private static String pom() throws IOException {
    String parent = Files.readString(ROOT.resolve("pom.xml"));
    Matcher version =
        Pattern.compile("<artifactId>collapse4j</artifactId>\\s*<version>(.*?)<").matcher(parent);
    assertTrue(version.find());
    return Files.readString(CONSUMER.resolve("pom.xml"))
        .replace("@project.version@", version.group(1));
  }

  @Test
  void theDependencyAndTheLevelsAreThoseOfTheConsumer() throws IOException {
    String logback = Files.readString(CONSUMER.resolve("src/test/resources/logback.xml"));
    assertExamplesStandIn("README.md", pom() + logback);
    assertExamplesStandIn("docs/logs.md", logback);
    assertExamplesStandIn("docs/reliability.md", pom());
  }
}
