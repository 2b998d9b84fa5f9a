package org.collapse4j.samples;

import java.io.IOException;
import java.io.PrintWriter;
import org.collapse4j.samples.command.DashboardCommand;
import org.collapse4j.samples.command.EarlyStoppingCommand;
import org.collapse4j.samples.command.MeasureCommand;
import org.collapse4j.samples.command.NoiseCommand;
import org.collapse4j.samples.command.ProfileCommand;
import org.collapse4j.samples.command.SummaryCommand;
import org.collapse4j.samples.command.SuspectsCommand;
import org.collapse4j.samples.command.TheoryCommand;
import org.collapse4j.samples.command.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line {@code collapse4j}. Exit codes: 0 for success, 2 for bad input, which is told in
 * one line on the error stream, and 1 for what should not happen.
 */
@Command(
    name = "collapse4j",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Neural collapse, memorization and dilation of classifiers.",
    subcommands = {
      TrainCommand.class,
      NoiseCommand.class,
      SuspectsCommand.class,
      EarlyStoppingCommand.class,
      MeasureCommand.class,
      ProfileCommand.class,
      TheoryCommand.class,
      SummaryCommand.class,
      DashboardCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  private Main() {}

  /** Runs the command that {@code args} name and exits with its code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command line, for use in this process; nothing exits it. */
  public static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::badOptions)
        .setExecutionExceptionHandler(Main::failed);
  }

  private static int badOptions(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    // Picocli begins some messages so, others not.
    String message = e.getMessage().replaceFirst("^Error: ", "");
    print(command, message + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
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
