package org.collapse4j.samples;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line {@code collapse4j}. */
@Command(
    name = "collapse4j",
    mixinStandardHelpOptions = true,
    description = "Neural collapse, memorization and dilation of classifiers.",
    subcommands = {CommandLine.HelpCommand.class})
public final class Main {
  private Main() {}

  /** Runs the command that {@code args} name and exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
