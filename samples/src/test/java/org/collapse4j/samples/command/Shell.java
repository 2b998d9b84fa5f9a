package org.collapse4j.samples.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.collapse4j.samples.Main;
import picocli.CommandLine;

/** Runs commands in this process, as a shell would. */
public final class Shell {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private int exitCode;

  private Shell() {}

  /** Runs a command to its end. */
  public static Shell run(String... args) {
    Shell shell = new Shell();
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(shell.out, true));
    commandLine.setErr(new PrintWriter(shell.err, true));
    shell.exitCode = commandLine.execute(args);
    return shell;
  }

  public int exitCode() {
    return exitCode;
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
