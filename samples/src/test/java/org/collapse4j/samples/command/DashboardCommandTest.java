package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.collapse4j.samples.Main;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DashboardCommandTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private Path runs;
  private Path log;
  private Path page;

  @BeforeEach
  void writeLog() throws Exception {
    runs = folder.resolve("runs");
    log = runs.resolve("a.jsonl");
    page = folder.resolve("page.html");
    Logs.append(log, "first", 1, 0.5, 0.75);
  }

  @Test
  void aPageOfAFolderOrAFile() throws Exception {
    for (Path source : new Path[] {runs, log}) {
      Shell shell = Shell.run("dashboard", source.toString(), "--out", page.toString());
      assertEquals(0, shell.exitCode(), shell.err());
      assertEquals(page + " shows " + source, shell.out().strip());
      assertTrue(Files.readString(page).contains("\"name\":\"first\""));
      Files.delete(page);
    }
  }

  @Test
  void theTheoryIsDrawnBehind() throws Exception {
    Path theory = folder.resolve("theory.csv");
    solveTheory(theory);
    Shell shell =
        Shell.run(
            "dashboard", log.toString(), "--out", page.toString(), "--theory", theory.toString());
    assertEquals(0, shell.exitCode(), shell.err());
    String drawn = "\"theory\":[{\"label\":\"alpha 0.1, C 1.0\",\"points\":[[0.1,";
    assertTrue(Files.readString(page).contains(drawn));

    Files.move(theory, runs.resolve("theory.csv"));
    shell = Shell.run("dashboard", runs.toString(), "--out", page.toString());
    assertEquals(0, shell.exitCode(), shell.err());
    assertTrue(Files.readString(page).contains(drawn));
  }

  private void solveTheory(Path csv) {
    Shell shell =
        Shell.run(
            "theory",
            "--eta",
            "0.1,0.2",
            "--alpha",
            "0.1",
            "--csv",
            csv.toString(),
            "--picture",
            folder.resolve("theory.html").toString());
    assertEquals(0, shell.exitCode(), shell.err());
  }

  @Test
  void badInputIsOneLineAndNoPage() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Shell shell = Shell.run("dashboard", empty.toString(), "--out", page.toString());
    assertEquals(2, shell.exitCode());
    assertEquals(1, shell.err().lines().count());
    assertTrue(shell.err().startsWith("collapse4j: " + empty + " has no logs"), shell.err());
    assertEquals(2, Shell.run("dashboard", runs.toString(), "--port", "1").exitCode());
    assertEquals(2, Shell.run("dashboard").exitCode());
    assertEquals(
        2, Shell.run("dashboard", runs.toString(), "--serve", "--port", "70000").exitCode());
    assertFalse(Files.exists(page));
  }

  @Test
  void servedItGrows() throws Exception {
    StringWriter out = new StringWriter();
    CommandLine commandLine = Main.commandLine().setOut(new PrintWriter(out, true));
    Thread serving =
        new Thread(
            () -> commandLine.execute("dashboard", runs.toString(), "--serve", "--port", "0"));
    serving.start();
    try {
      URI data = address(out).resolve("/data");
      assertFalse(get(data).contains("second"));
      Logs.append(runs.resolve("b.jsonl"), "second", 1, 0.5, 0.75);
      assertTrue(get(data).contains("second"));
    } finally {
      serving.interrupt();
      serving.join(PATIENCE.toMillis());
    }
    assertFalse(serving.isAlive());
  }

  private static URI address(StringWriter out) throws InterruptedException {
    Pattern address = Pattern.compile("at (http://127\\.0\\.0\\.1:\\d+/) until stopped");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      Matcher found = address.matcher(out.toString());
      if (found.find()) {
        return URI.create(found.group(1));
      }
      Thread.sleep(20);
    }
    throw new AssertionError("Nothing is served: " + out);
  }

  private static String get(URI address) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
        .body();
  }
}
