package org.collapse4j.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import org.collapse4j.samples.command.Shell;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  private static String refused(String... arguments) {
    Shell shell = Shell.run(arguments);
    assertEquals(2, shell.exitCode());
    assertEquals("", shell.out());
    assertEquals(1, shell.err().lines().count(), shell.err());
    return shell.err().strip();
  }

  @Test
  void whatWasMeantIsAsked() {
    assertEquals(
        "collapse4j: Unmatched argument at index 0: 'trian'; did you mean train? (see collapse4j"
            + " --help)",
        refused("trian"));
    assertEquals(
        "collapse4j: Unknown option: '--epoch'; did you mean --epochs? (see collapse4j train"
            + " --help)",
        refused("train", "--epoch"));
  }

  @Test
  void namesOfAnEnumerationAreListedAsTheyAreTyped() {
    assertEquals(
        "collapse4j: Invalid value for option '--loss': must be ce, ls or lr, not 'mse' (see"
            + " collapse4j train --help)",
        refused("train", "--loss", "mse"));
    assertTrue(refused("train", "--activation", "x").contains(" relu, relu6, "));
    assertTrue(Shell.run("train", "--help").out().contains(" relu, relu6,"));
    assertTrue(Shell.run("generate-completion").out().contains("(\"sample\" \"class\")"));
  }

  @Test
  void tooLittleMemoryIsOneLine() {
    StringWriter errors = new StringWriter();
    CommandLine commands = Main.commandLine().setErr(new PrintWriter(errors));
    commands.addSubcommand("devour", new Devour());
    assertEquals(1, commands.execute("devour"));
    assertEquals(1, errors.toString().lines().count(), errors.toString());
    assertTrue(
        errors.toString().startsWith("collapse4j: this takes more memory than there is (enough): "),
        errors.toString());
  }

  @CommandLine.Command(name = "devour")
  private static final class Devour implements Runnable {
    @Override
    public void run() {
      throw new OutOfMemoryError("enough");
    }
  }

  @Test
  void standardOutputThatCannotBeWrittenIsNoSuccess() {
    for (String[] command : new String[][] {{"--help"}, {"measure", "--help"}, {"help", "train"}}) {
      StringWriter errors = new StringWriter();
      CommandLine commands = Main.commandLine().setOut(new PrintWriter(new Full()));
      commands.setErr(new PrintWriter(errors));
      assertEquals(1, commands.execute(command));
      assertEquals("collapse4j: standard output cannot be written", errors.toString().strip());
    }
  }

  /** A full disk. */
  private static final class Full extends Writer {
    @Override
    public void write(char[] buffer, int from, int length) throws IOException {
      throw new IOException("no space left");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void everyCommandHasHelpOfWholeWordsAndAnExample() {
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      if (command.getCommandName().matches("help|generate-completion")) {
        continue;
      }
      String help = Shell.run(command.getCommandName(), "--help").out();
      assertTrue(help.contains("Example"), help);
      List<String> words = List.of(help.split("\\s+", -1));
      for (String line : help.lines().toList()) {
        assertTrue(line.length() <= 80, line);
      }
      for (CommandLine.Model.OptionSpec option : command.getCommandSpec().options()) {
        for (String description : option.description()) {
          for (String word : description.strip().split("\\s+", -1)) {
            assertTrue(word.contains("${") || words.contains(word), word + " in " + help);
          }
        }
      }
    }
  }

  @Test
  void aCommandThatIsNamedIsThereAloneAndSaysTheSame() {
    for (String name : Main.commandLine().getSubcommands().keySet()) {
      CommandLine alone = Main.commandLine(new String[] {name, "--help"});
      boolean needsAll = name.matches("help|generate-completion");
      assertEquals(needsAll, alone.getSubcommands().size() > 1, name);
      StringWriter out = new StringWriter();
      assertEquals(0, alone.setOut(new PrintWriter(out)).execute(name, "--help"));
      assertEquals(Shell.run(name, "--help").out(), out.toString());
    }
    for (String first : List.of("--help", "trian", "")) {
      String[] arguments = {first, "measure"};
      assertEquals(12, Main.commandLine(arguments).getSubcommands().size(), first);
    }
    assertEquals(12, Main.commandLine(new String[0]).getSubcommands().size());
  }

  @Test
  void linesAreBrokenBetweenWords() {
    assertEquals(
        List.of("adds noise.rate,", "  memorization.*"),
        WholeWordsHelp.lines("adds noise.rate, memorization.*", 16));
    assertEquals(List.of("  an indented one"), WholeWordsHelp.lines("  an indented one", 80));
    assertEquals(List.of(""), WholeWordsHelp.lines("", 80));
    assertEquals(List.of("longerthanthat"), WholeWordsHelp.lines("longerthanthat", 5));
  }
}
