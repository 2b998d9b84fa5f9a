package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** Labels are corrected on the page in a real browser, exported, and trained on. */
class SuspectsBrowserTest {
  private static final String HOSTILE = "<img src=x onerror=\"document.title='run'\">, \"owl\"";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int SHOWN = 20;

  @TempDir private Path folder;
  @TempDir private Path profile;
  private Browser browser;

  @BeforeEach
  void start() {
    browser = Browser.start(profile, profile.resolve("downloads"));
  }

  @AfterEach
  void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private Path table() throws IOException {
    Random random = new Random(1);
    List<String> lines = new ArrayList<>(List.of("length,colour,kind"));
    for (int i = 0; i < 90; i++) {
      int kind = i % 3;
      lines.add(
          String.format(
              "%d,%s,%s",
              10 * kind + random.nextInt(8),
              List.of("red", "<i>blue", "red").get(kind),
              CSVFormat.RFC4180.format(List.of("dog", HOSTILE, "cat").get(kind))));
    }
    return Files.write(folder.resolve("animals.csv"), lines);
  }

  private String[] with(String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("--csv", table().toString(), "--label", "kind"));
    all.addAll(List.of("--epochs", "4", "--batch", "16", "--widths", "16"));
    return all.toArray(String[]::new);
  }

  private Path page() throws IOException {
    Path page = folder.resolve("s.html");
    Shell shell =
        Shell.run(
            with(
                "suspects",
                "--html",
                page.toString(),
                "--ranking",
                folder.resolve("ranking.csv").toString(),
                "--log",
                folder.resolve("log.jsonl").toString(),
                "--pictures",
                String.valueOf(SHOWN)));
    assertEquals(0, shell.exitCode(), shell.err());
    browser.open(page);
    return page;
  }

  private void focusFirst() {
    for (int i = 0; i < 6 && !browser.focused().startsWith("row "); i++) {
      browser.tab();
    }
  }

  private String said() {
    return browser.text("#progress-text");
  }

  private WebElement card(int at) {
    return browser.find(".example:nth-child(" + (at + 1) + ")");
  }

  private String name(int at) {
    return card(at).getAttribute("aria-label");
  }

  private static void await(Supplier<String> what, Callable<Boolean> seen) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!seen.call()) {
      assertTrue(System.nanoTime() < end, what);
      Thread.sleep(20);
    }
  }

  /** What the browser has saved, which at first is an empty file. */
  private List<CSVRecord> exported() throws Exception {
    Path file = profile.resolve("downloads/corrected.csv");
    await(() -> "nothing was saved", () -> Files.exists(file) && Files.size(file) > 0);
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = CSVParser.parse(Files.readString(file), format)) {
      return parser.getRecords();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Test
  void whatIsDecidedByKeysIsTrainedOn() throws Exception {
    Path page = page();
    String title = browser.text("h1");
    focusFirst();
    assertEquals(name(0), browser.focused());
    browser.type("k", "c", "d", "d");
    assertEquals("4 of 20 decided: 1 kept, 1 changed, 2 dropped", said());
    assertEquals(name(4), browser.focused(), "the next is at hand");
    browser.type("u");
    assertEquals("3 of 20 decided: 1 kept, 1 changed, 1 dropped", said());
    assertEquals(name(3), browser.focused(), "back where it was decided");
    assertTrue(name(3).endsWith("undecided"), name(3));
    assertTrue(name(2).endsWith("dropped"), name(2));
    browser.type(Keys.ARROW_RIGHT, "k");

    browser.open(page);
    String decided = "4 of 20 decided: 2 kept, 1 changed, 1 dropped";
    await(() -> "after a reload " + said(), () -> decided.equals(said()));
    focusFirst();
    browser.type("e");
    List<CSVRecord> rows = exported();
    assertEquals(
        List.of("keep", "change", "drop", "keep"),
        rows.stream().map(row -> row.get("decision")).toList());
    assertEquals(rows.get(0).get("given"), rows.get(0).get("label"));
    assertEquals(rows.get(1).get("suggested"), rows.get(1).get("label"));
    assertEquals("", rows.get(2).get("label"));
    assertEquals(title, browser.text("h1"));
    assertEquals("Suspect labels of " + title.replace("Suspect labels of ", ""), title);
    assertEquals(title, browser.script("return document.title"), "no name was run as a script");
    assertEquals(List.of(), browser.complaints());
    assertEquals(
        0L,
        browser.script("return performance.getEntriesByType('resource').length"),
        "the page asks for nothing");

    Shell shell =
        Shell.run(
            with(
                "train",
                "--labels",
                profile.resolve("downloads/corrected.csv").toString(),
                "--runs",
                folder.toString(),
                "--run",
                "corrected"));
    assertEquals("", shell.err());
    assertTrue(shell.out().contains("corrected.csv: 1 changed, 1 dropped, 2 kept"), shell.out());
    Observation first =
        MetricLog.read(folder.resolve("corrected.jsonl")).observations().stream()
            .filter(observation -> observation.split().equals(Observation.TRAIN))
            .findFirst()
            .orElseThrow();
    assertEquals(71, first.measurements().value(Metric.EXAMPLES));
  }

  @Test
  void buttonsDoAsKeysDo() throws IOException {
    page();
    card(0).findElement(By.cssSelector("button.drop")).click();
    card(1).findElement(By.cssSelector("button.change")).click();
    WebElement others = card(2).findElement(By.cssSelector("select"));
    others.click();
    List<String> classes =
        new Select(others).getOptions().stream().map(WebElement::getText).toList();
    assertEquals(List.of("other class", HOSTILE, "cat", "dog"), classes);
    new Select(others).selectByVisibleText("cat");
    assertEquals("true", card(0).findElement(By.cssSelector(".drop")).getAttribute("aria-pressed"));
    assertTrue(said().startsWith("3 of 20 decided"), said());
    browser.find("#restart").click();
    assertEquals("0 of 20 decided: 0 kept, 0 changed, 0 dropped", said());
    assertFalse(browser.find("#export").isEnabled());
    browser.find("#undo").click();
    assertTrue(said().startsWith("3 of 20 decided"), said());
    browser.find("#undo").click();
    browser.find("#undo").click();
    browser.find("#undo").click();
    assertFalse(browser.find("#undo").isEnabled());
    assertEquals("0 of 20 decided: 0 kept, 0 changed, 0 dropped", said());
  }

  /** Only one card at a time is on the way of the tabulator, with what is in it. */
  @Test
  void theKeyboardIsEnough() throws IOException {
    page();
    focusFirst();
    browser.type(Keys.END);
    assertEquals(name(SHOWN - 1), browser.focused());
    browser.type(Keys.HOME, Keys.ARROW_RIGHT);
    browser.tab();
    assertTrue(browser.focused().startsWith("Keep "), browser.focused());
    browser.type(Keys.ENTER);
    assertTrue(said().startsWith("1 of 20 decided: 1 kept"), said());
    browser.tab();
    browser.tab();
    browser.tab();
    assertTrue(browser.focused().startsWith("Other class for row "), browser.focused());
    browser.type(Keys.ESCAPE);
    assertEquals(name(1), browser.focused());
    Object stops =
        browser.script(
            "return document.querySelectorAll('.all [tabindex=\"0\"], .all button:not([tabindex])').length");
    assertEquals(5L, stops);
  }

  @Test
  void itFitsAPhoneAndTheDark() throws IOException {
    page();
    try {
      browser.wide(390, 800);
      assertEquals(
          0L,
          browser.script(
              "return document.documentElement.scrollWidth - document.documentElement.clientWidth"),
          "nothing sticks out");
      browser.colours("light");
      Object light = browser.script("return getComputedStyle(document.body).backgroundColor");
      browser.colours("dark");
      Object dark = browser.script("return getComputedStyle(document.body).backgroundColor");
      assertNotEquals(light, dark);
    } finally {
      browser.wide(1400, 1000);
      browser.colours("light");
    }
  }

  /** A page that may not store anything works as long as it is open. */
  @Test
  void withoutAStoreNothingIsSaid() throws IOException {
    Path page = page();
    String html = Files.readString(page);
    // A document of no origin has no store.
    Path framed = folder.resolve("framed.html");
    Files.writeString(
        framed,
        "<iframe sandbox=\"allow-scripts\" id=\"f\" src=\"s.html\" width=900 height=700></iframe>");
    browser.open(framed);
    browser.inFrame(
        "#f",
        () -> {
          card(0).findElement(By.cssSelector("button.keep")).click();
          assertTrue(said().startsWith("1 of 20 decided: 1 kept"), said());
        });
    assertTrue(html.contains("&lt;i&gt;blue"));
    assertEquals(
        SHOWN, IntStream.range(0, html.length()).filter(i -> html.startsWith("<li ", i)).count());
  }
}
