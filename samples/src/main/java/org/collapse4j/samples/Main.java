package org.collapse4j.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.collapse4j.samples.command.CleanCommand;
import org.collapse4j.samples.command.DashboardCommand;
import org.collapse4j.samples.command.EarlyStoppingCommand;
import org.collapse4j.samples.command.MeasureCommand;
import org.collapse4j.samples.command.NoiseCommand;
import org.collapse4j.samples.command.ProfileCommand;
import org.collapse4j.samples.command.SummaryCommand;
import org.collapse4j.samples.command.SuspectsCommand;
import org.collapse4j.samples.command.TheoryCommand;
import org.collapse4j.samples.command.TrainCommand;
import org.collapse4j.samples.command.TypedName;
import org.collapse4j.samples.experiment.NoiseKind;
import org.collapse4j.samples.model.Architecture;
import org.collapse4j.samples.model.LossKind;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.activations.Activation;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line {@code collapse4j}. Exit codes: 0 for success, 2 for bad input, which is told in
 * one line on the error stream, and 1 for what should not happen: a training that has diverged, a
 * standard output that cannot be written, a fault of the program.
 */
@Command(
    name = "collapse4j",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Neural collapse, memorization and dilation of classifiers.",
    footer = {
      "",
      "Example:",
      "  java -jar collapse4j.jar train",
      "Completion of commands and options by the shell:",
      "  source <(java -jar collapse4j.jar generate-completion)"
    })
public final class Main {
  /**
   * In the order of the help, and so that of names equally like what was typed the last is meant.
   */
  private static final List<Class<?>> COMMANDS =
      List.of(
          CleanCommand.class,
          TrainCommand.class,
          NoiseCommand.class,
          SuspectsCommand.class,
          EarlyStoppingCommand.class,
          MeasureCommand.class,
          ProfileCommand.class,
          TheoryCommand.class,
          SummaryCommand.class,
          DashboardCommand.class);

  private Main() {}

  /** Runs the command that {@code args} name and exits with its code. */
  public static void main(String[] args) {
    System.exit(commandLine(args).execute(args));
  }

  /**
   * The command line for these arguments. Looking through all commands takes as long as a short one
   * runs: if one of them is named, it is there alone.
   */
  static CommandLine commandLine(String[] args) {
    String first = args.length == 0 ? "" : args[0].replace("-", "") + "Command";
    return COMMANDS.stream()
        .filter(command -> command.getSimpleName().equalsIgnoreCase(first))
        .findFirst()
        .map(command -> set(new CommandLine(new Main()).addSubcommand(command)))
        .orElseGet(Main::commandLine);
  }

  /** The command line, for use in this process; nothing exits it. */
  public static CommandLine commandLine() {
    CommandLine commands = new CommandLine(new Main());
    COMMANDS.forEach(commands::addSubcommand);
    commands.addSubcommand(AutoComplete.GenerateCompletion.class);
    commands.addSubcommand(CommandLine.HelpCommand.class);
    return set(commands);
  }

  private static CommandLine set(CommandLine commands) {
    commands
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setHelpFactory(WholeWordsHelp::new)
        .setExecutionStrategy(Main::execute)
        .setParameterExceptionHandler(Main::badOptions)
        .setExecutionExceptionHandler(Main::failed);
    TypedName.register(commands, LossKind.class);
    TypedName.register(commands, NoiseKind.class);
    TypedName.register(commands, Architecture.class);
    TypedName.register(commands, Activation.class);
    TypedName.register(commands, GlobalMean.class);
    commands.getSubcommands().values().forEach(Main::listOptions);
    return commands;
  }

  /**
   * Has options listed in the order they are declared, and not in the synopsis as well, where lines
   * would break within them.
   */
  private static void listOptions(CommandLine command) {
    command.getCommandSpec().usageMessage().sortOptions(false).abbreviateSynopsis(true);
  }

  /** What cannot be printed is no success, whatever the command says. */
  private static int execute(ParseResult parsed) {
    CommandLine commands = parsed.commandSpec().commandLine();
    int exitCode;
    try {
      exitCode = new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError e) {
      print(commands, outOfMemory(e));
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (commands.getOut().checkError() || System.out.checkError()) {
      print(commands, "standard output cannot be written");
      return CommandLine.ExitCode.SOFTWARE;
    }
    return exitCode;
  }

  private static String outOfMemory(OutOfMemoryError e) {
    return String.format(
        Locale.ROOT,
        "this takes more memory than there is (%s): the heap of Java may have %d MB, which -Xmx"
            + " changes, as in java -Xmx8g -jar collapse4j.jar, and arrays outside it as much again",
        e.getMessage(),
        Runtime.getRuntime().maxMemory() >> 20);
  }

  private static int badOptions(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    // Picocli begins some messages so, others not.
    String message = e.getMessage().replaceFirst("^Error: ", "");
    List<String> meant =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    String hint = meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?";
    String help = " (see " + command.getCommandSpec().qualifiedName() + " --help)";
    print(command, message + hint + help);
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof IllegalArgumentException || e instanceof IOException) {
      print(command, e.getMessage() == null ? e.toString() : e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    e.printStackTrace(command.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static void print(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println("collapse4j: " + message.replace('\n', ' '));
    err.flush();
  }

  /** The version of the build. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"collapse4j " + (version == null ? "(not packaged)" : version)};
    }
  }
}
