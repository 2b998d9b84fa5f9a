package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.collapse4j.dashboard.Dashboard;
import org.collapse4j.dashboard.DashboardServer;
import org.collapse4j.dashboard.TheoryCurve;
import org.collapse4j.log.GrowingLog;
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
    sortOptions = false,
    description = {
      "Draws one HTML page from logs: whether classes collapse, wrong labels are memorized and"
          + " held-out classes dilate.",
      "The page works from disk and needs no network. With --serve it grows while training runs."
    })
public final class DashboardCommand implements Callable<Integer> {
  private static final int DEFAULT_PORT = 8765;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RUNS",
      description = "a log (.jsonl or .csv), or a directory in which all are read")
  private Path runs;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "the page that is written (default: collapse4j.html)")
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
      description = "CSV with columns eta, C, alpha, r/D, drawn behind dilation and memorization")
  private Path theory;

  @Override
  public Integer call() throws IOException {
    if (port != null && !serve) {
      throw new ParameterException(spec.commandLine(), "--port is of use with --serve only");
    }
    List<TheoryCurve> curves = theory == null ? List.of() : TheoryCurve.read(theory);
    GrowingLog logs = new GrowingLog(runs);
    Dashboard page = Dashboard.of(logs.read()).withTheory(curves);
    if (out != null || !serve) {
      write(page);
    }
    if (serve) {
      serve(logs, curves);
    }
    return 0;
  }

  private void write(Dashboard page) throws IOException {
    Path file = out == null ? Path.of("collapse4j.html") : out;
    page.write(file);
    say(file + " shows " + runs);
  }

  private void serve(GrowingLog logs, List<TheoryCurve> curves) throws IOException {
    try (DashboardServer server =
        DashboardServer.start(
            port == null ? DEFAULT_PORT : port,
            () -> Dashboard.of(logs.read()).withTheory(curves))) {
      say("Serving " + runs + " at " + server.uri() + " until stopped (Ctrl+C)");
      new CountDownLatch(1).await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
