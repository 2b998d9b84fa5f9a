package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.collapse4j.dashboard.Dashboard;
import org.collapse4j.dashboard.DashboardServer;
import org.collapse4j.dashboard.TheoryCurve;
import org.collapse4j.log.GrowingLog;
import org.collapse4j.log.MetricLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dashboard}: one page from one log or many. */
@Command(
    name = "dashboard",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  collapse4j dashboard runs --out page.html",
      "  collapse4j dashboard runs --serve"
    },
    description = {
      "Draws one HTML page from logs: whether classes collapse, memorize wrong labels and dilate.",
      "The page works from disk and needs no network. With --serve it grows while training runs."
    })
public final class DashboardCommand implements Callable<Integer> {
  private static final int DEFAULT_PORT = 8765;
  private static final String THEORY = "theory.csv";

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RUNS",
      description = "a log (.jsonl or .csv), or a directory in which all are read")
  private Path runs;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "the page that is written, - for standard output (default: collapse4j.html)")
  private Path out;

  @Option(
      names = "--serve",
      description = "serve the page to this machine, growing, until the program is stopped")
  private boolean serve;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "port to serve at, 0 for any (default: " + DEFAULT_PORT + ")")
  private Integer port;

  @Option(
      names = "--theory",
      paramLabel = "FILE",
      description =
          "CSV that the command theory wrote, drawn behind dilation and "
              + "memorization (default: in RUNS, if it is there)")
  private Path theory;

  @Override
  public Integer call() throws IOException {
    if (port != null && !serve) {
      throw new ParameterException(spec.commandLine(), "--port is of use with --serve only");
    }
    OutputFile file =
        out == null && serve
            ? null
            : OutputFile.of("out", out == null ? Path.of("collapse4j.html") : out);
    List<TheoryCurve> curves = theory();
    GrowingLog logs = new GrowingLog(runs);
    Dashboard page = Dashboard.of(logs.read()).withTheory(curves);
    if (file != null) {
      file.write(page.html(), spec.commandLine().getOut());
      say(file, file + " shows " + runs);
    }
    if (serve) {
      serve(file, logs, curves);
    }
    return 0;
  }

  private List<TheoryCurve> theory() throws IOException {
    Path beside = runs.resolve(THEORY);
    if (theory != null) {
      return TheoryCurve.read(theory);
    }
    return Files.exists(beside) ? TheoryCurve.read(beside) : List.of();
  }

  private void serve(OutputFile file, GrowingLog logs, List<TheoryCurve> curves)
      throws IOException {
    try (DashboardServer server =
        DashboardServer.start(port == null ? DEFAULT_PORT : port, new Growing(logs, curves))) {
      say(file, "Serving " + runs + " at " + server.uri() + " until stopped (Ctrl+C)");
      new CountDownLatch(1).await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** The page of a log, drawn anew only when the log has changed. */
  private static final class Growing implements Callable<Dashboard> {
    private final GrowingLog logs;
    private final List<TheoryCurve> theory;
    private MetricLog drawn;
    private Dashboard page;

    Growing(GrowingLog logs, List<TheoryCurve> theory) {
      this.logs = logs;
      this.theory = theory;
    }

    @Override
    public synchronized Dashboard call() throws IOException {
      MetricLog log = logs.read();
      if (log != drawn) {
        page = Dashboard.of(log).withTheory(theory);
        drawn = log;
      }
      return page;
    }
  }

  /** Tells the user something, on standard error if the page has gone to standard output. */
  private void say(OutputFile file, String line) {
    boolean taken = file != null && file.isStandardOutput();
    PrintWriter writer = taken ? spec.commandLine().getErr() : spec.commandLine().getOut();
    writer.println(line);
    writer.flush();
  }
}
