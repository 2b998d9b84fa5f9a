package org.collapse4j.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands that the documentation shows are commands of the program, with options it has. */
class DocumentedCommandsTest {
  private static final String PROGRAM = "java -jar samples/target/collapse4j.jar ";
  private static final String LAUNCHER = "samples/collapse4j ";
  private static final String BENCHMARKS =
      "-cp samples/target/collapse4j.jar org.openjdk.jmh.Main ";
  private static final Pattern EXEC_ARGS = Pattern.compile("-Dexec\\.args=\"(.*?)\"");
  private static final Pattern IN_PROSE = Pattern.compile("`([^`]+)`");

  /** Command lines, put together where they are broken by a backslash, without remarks. */
  private static List<String> shellLines() {
    return Documentation.pages().stream()
        .flatMap(page -> Documentation.blocks(page, "sh").stream())
        .flatMap(block -> block.replaceAll("\\\\\\n\\s*", "").lines())
        .map(line -> line.replaceAll("\\s+#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static List<String> inProse() {
    return Documentation.pages().stream()
        .flatMap(page -> IN_PROSE.matcher(Documentation.prose(page)).results())
        .map(code -> code.group(1))
        .toList();
  }

  private static void parse(String arguments) {
    Main.commandLine().parseArgs(arguments.strip().split("\\s+", -1));
  }

  @Test
  void everyShellLineIsOneThatCanBeTyped() {
    List<String> lines = shellLines();
    for (String line : lines) {
      assertTrue(isTyped(line), "not a command of this project: " + line);
      assertCanBeTyped(line);
    }
    assertTrue(lines.size() >= 10, lines.toString());
  }

  @Test
  void everyWholeCommandInProseIsOneThatCanBeTyped() {
    List<String> typed = inProse().stream().filter(DocumentedCommandsTest::isTyped).toList();
    typed.forEach(DocumentedCommandsTest::assertCanBeTyped);
    assertTrue(typed.size() >= 3, typed.toString());
  }

  private static boolean isTyped(String line) {
    return line.startsWith(PROGRAM)
        || line.startsWith(LAUNCHER)
        || line.startsWith("mvn ")
        || line.contains(BENCHMARKS);
  }

  private static void assertCanBeTyped(String line) {
    int benchmark = line.indexOf(BENCHMARKS);
    if (line.startsWith(PROGRAM)) {
      parse(line.substring(PROGRAM.length()));
    } else if (line.startsWith(LAUNCHER)) {
      parse(line.substring(LAUNCHER.length()));
    } else if (benchmark >= 0) {
      assertIsBenchmark(line.substring(benchmark + BENCHMARKS.length()));
    } else {
      EXEC_ARGS.matcher(line).results().forEach(arguments -> parse(arguments.group(1)));
    }
  }

  private static void assertIsBenchmark(String arguments) {
    try {
      List<String> includes = new CommandLineOptions(arguments.split("\\s+", -1)).getIncludes();
      assertEquals(1, includes.size(), arguments);
      String[] names = includes.get(0).split("\\.", -1);
      Class<?> benchmark = Class.forName("org.collapse4j.samples.benchmark." + names[0]);
      assertTrue(
          names.length == 1
              || Arrays.stream(benchmark.getMethods()).anyMatch(m -> m.getName().equals(names[1])),
          arguments);
    } catch (CommandLineOptionException | ClassNotFoundException e) {
      throw new AssertionError(arguments, e);
    }
  }

  @Test
  void everyCommandInProseHasTheOptionsNamed() {
    Map<String, CommandLine> commands = Main.commandLine().getSubcommands();
    List<String> wrong = new ArrayList<>();
    int found = 0;
    for (String code : inProse()) {
      String[] words = code.split("\\s+", -1);
      List<CommandSpec> candidates =
          words[0].startsWith("--")
              ? commands.values().stream().map(CommandLine::getCommandSpec).toList()
              : commands.containsKey(words[0]) && words.length > 1
                  ? List.of(commands.get(words[0]).getCommandSpec())
                  : List.of();
      if (!candidates.isEmpty()) {
        found++;
        List<String> options =
            Arrays.stream(words).filter(w -> w.matches("--?[a-zA-Z].*")).toList();
        if (candidates.stream().noneMatch(spec -> hasAll(spec, options))) {
          wrong.add(code);
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(found >= 10, "only " + found + " commands were found");
  }

  private static boolean hasAll(CommandSpec command, List<String> options) {
    return options.stream()
        .allMatch(
            option ->
                command.optionsMap().containsKey(option)
                    || command.negatedOptionsMap().containsKey(option));
  }

  @Test
  void everyPathOfOursIsThere() {
    // A path in code that begins with a folder of this project, up to a placeholder.
    Pattern ours = Pattern.compile("(core|dl4j-listener|samples|docs)/[\\w./-]+");
    List<String> missing =
        inProse().stream()
            .map(ours::matcher)
            .filter(Matcher::matches)
            .map(Matcher::group)
            .filter(path -> !path.contains("/target/"))
            .filter(path -> !Documentation.ROOT.resolve(path).toFile().exists())
            .toList();
    assertEquals(List.of(), missing);
  }
}
