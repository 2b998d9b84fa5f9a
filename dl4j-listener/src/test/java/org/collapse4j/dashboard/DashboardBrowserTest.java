package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.collapse4j.log.GrowingLog;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebElement;

/** The page in a real browser. */
class DashboardBrowserTest extends InBrowser {
  private static final int EPOCHS = 12;
  private static final String HOSTILE =
      "</script><script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">";

  private String fileOf(List<Observation> observations) throws IOException {
    Path page = folder.resolve("page.html");
    Dashboard.of(observations)
        .withTheory(
            List.of(
                new TheoryCurve(
                    "alpha 0, C 1",
                    List.of(
                        new TheoryCurve.Point(0.1, 0.4, 0.5, 0.2),
                        new TheoryCurve.Point(0.2, 0.6, 0.7, 0.4)))))
        .write(page);
    return page.toUri().toString();
  }

  private static List<Observation> twoRuns() {
    List<Observation> observations = new ArrayList<>();
    observations.addAll(Runs.complete("first", EPOCHS, Runs.about("cross-entropy", 0.2, 1)));
    observations.addAll(Runs.complete("second", EPOCHS, Runs.about("cross-entropy", 0.2, 2)));
    return observations;
  }

  private String linesOfFirstChart() {
    browser.script("board.drawAll()");
    String lines = browser.find("#collapse .plot").getDomAttribute("data-lines");
    assertEquals(
        lines, String.valueOf(browser.findAll("#collapse .chart:first-child .line").size()));
    return lines;
  }

  private void openWithCharts(String address) {
    browser.open(address);
    browser.await(() -> !browser.findAll("#collapse .plot svg").isEmpty());
  }

  @Test
  void everySectionIsThereFromDisk() throws IOException {
    openWithCharts(fileOf(twoRuns()));
    for (String id :
        List.of(
            "verdict",
            "collapse",
            "memorization",
            "dilation",
            "accuracy",
            "picture",
            "classes",
            "plane",
            "suspects",
            "explorer",
            "vocabulary")) {
      assertFalse(browser.text("#" + id + " h2").isEmpty(), id);
    }
    assertEquals("2 runs, up to epoch 12", browser.text("#summary"));
    assertTrue(browser.text("#panel-collapse li").startsWith("Training classes have collapsed"));
    assertTrue(browser.text("#collapse .meaning").contains("Papyan"));
    assertEquals(2, browser.findAll("#picture .stage circle").size());
    assertEquals(1, browser.findAll("#picture .stage path.theory").size());
    assertEquals(3, browser.findAll("#suspects table tr").size());
    assertEquals(
        "class 0 \u2013 class 2", browser.text("#classes .two .card:nth-child(2) tbody th"));
  }

  @Test
  void whereNoWrongLabelIsKnownThoseThatLookWrongAreSaidToBeMemorized() throws IOException {
    List<Observation> observations = new ArrayList<>();
    for (int epoch = 1; epoch <= 3; epoch++) {
      Map<Metric, Double> values =
          Map.of(
              Metric.NC1_PINV,
              1.0 / epoch,
              Metric.SUSPECTS_COUNT,
              368.0,
              Metric.SUSPECTS_SHARE,
              368.0 / 2048,
              Metric.MEMORIZATION_ESTIMATED,
              0.09 * epoch);
      observations.add(Runs.observation("default", epoch, "train", values, Map.of()));
    }
    openWithCharts(fileOf(observations));
    assertEquals(
        "About 368 of 2,048 labels look wrong; 27% of them are memorized, since epoch 2",
        browser.text("#panel-memorization li"));
    assertTrue(browser.text("#panel-memorization .figure").startsWith("27% "));
    assertFalse(browser.findAll("#memorization .plot svg").isEmpty());
  }

  @Test
  void aRunIsSwitchedOffAndOnEverywhere() throws IOException {
    openWithCharts(fileOf(twoRuns()));
    assertEquals("2", linesOfFirstChart());
    browser.find(".legend button[data-colour='1']").click();
    assertEquals(
        "false", browser.find(".legend button[data-colour='1']").getDomAttribute("aria-pressed"));
    assertEquals("1", linesOfFirstChart());
    assertFalse(browser.find("#collapse .plot").getDomAttribute("aria-label").contains("second"));
    assertEquals(1, browser.findAll("#picture .stage circle").size());
    browser.find(".legend button[data-colour='1']").sendKeys(Keys.SPACE);
    assertEquals("2", linesOfFirstChart());
  }

  @Test
  void seedsBecomeABand() throws IOException {
    openWithCharts(fileOf(twoRuns()));
    browser.script(
        "const group = document.getElementById('group'); group.value = 'seeds';"
            + " group.dispatchEvent(new Event('change'));");
    assertEquals("1", linesOfFirstChart());
    assertEquals(1, browser.findAll("#collapse .chart:first-child .band").size());
    String label = browser.find("#collapse .plot").getDomAttribute("aria-label");
    assertTrue(label.contains("loss cross-entropy, noise.rate 0.2 (2 seeds)"), label);
  }

  @Test
  void theSliderMovesClassesPlaneAndPicture() throws IOException {
    openWithCharts(fileOf(twoRuns()));
    String cell = "#classes .heat tbody tr:nth-child(2) td";
    assertEquals("2", browser.text(cell));
    String circle = browser.find("#picture .stage circle").getDomAttribute("cy");
    String note = browser.text("#plane .note");
    assertTrue(note.contains("at epoch 12, 3 of them"), note);
    browser.find("#moment").sendKeys(Keys.HOME, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    assertEquals("3", browser.text(".slider output"));
    assertEquals("0.500", browser.text(cell));
    assertNotEquals(circle, browser.find("#picture .stage circle").getDomAttribute("cy"));
    assertTrue(browser.text("#plane .note").contains("at epoch 3, "));
  }

  @Test
  void valuesAreReadByKeysAndTold() throws IOException {
    openWithCharts(fileOf(twoRuns()));
    browser.find("#collapse .plot").sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    assertEquals(
        "epoch 2: first 0.435, second 0.435",
        browser.find("#announcement").getDomProperty("textContent"));
    assertEquals(2, browser.findAll("#collapse .chart:first-child .tip div").size());
    long moved =
        (Long)
            browser.script(
                "return document.querySelectorAll('.plot .cursor[visibility=visible]').length");
    assertTrue(moved > 3, moved + " cursors moved");
  }

  @Test
  void everyChartHasItsDataAsATable() throws IOException {
    openWithCharts(fileOf(twoRuns()));
    browser.find("#collapse .chart button.data").click();
    browser.await(() -> browser.findAll("#collapse .chart .values tbody tr").size() == EPOCHS);
    assertEquals("1", browser.text("#collapse .chart .values tbody th"));
    assertEquals("0.6592", browser.text("#collapse .chart .values tbody td"));
  }

  @Test
  void theThemeIsChosen() throws IOException {
    openWithCharts(fileOf(twoRuns()));
    String background = "return getComputedStyle(document.body).backgroundColor";
    browser.find("#theme").click();
    Object light = browser.script(background);
    browser.find("#theme").click();
    assertEquals("Theme: dark", browser.text("#theme"));
    assertNotEquals(light, browser.script(background));
  }

  @Test
  void aHostileNameIsOnlyText() throws IOException {
    List<Observation> observations = new ArrayList<>();
    for (Observation o :
        Runs.complete(HOSTILE, 3, Map.of(HOSTILE, HOSTILE, "class.names", HOSTILE))) {
      observations.add(
          new Observation(
              o.run(),
              o.epoch(),
              o.iteration(),
              o.split(),
              HOSTILE,
              o.measurements(),
              o.parameters(),
              o.examples()));
    }
    openWithCharts(fileOf(observations));
    assertEquals("collapse4j", browser.script("return document.title"));
    assertEquals(0, browser.findAll("img").size());
    browser.find("#runs summary").click();
    browser.await(() -> !browser.findAll("#runs li").isEmpty());
    String name = browser.find("#runs li label").getDomProperty("textContent");
    assertTrue(name.startsWith("</script><script>document.title"), name);
  }

  @Test
  void withoutScriptsThereAreVerdictsAndATable() throws IOException {
    Path other = Files.createDirectory(folder.resolve("profile"));
    try (Browser withoutScripts = Browser.start(other, false)) {
      withoutScripts.open(fileOf(twoRuns()));
      assertTrue(withoutScripts.find("noscript .verdicts li").isDisplayed());
      assertTrue(withoutScripts.text("noscript table").contains("second"));
      assertEquals(List.of(), withoutScripts.complaints());
    }
  }

  @Test
  void withoutScriptsAllColumnsAreInSightAndALongNameTakesNoMoreThanTheWindow() throws IOException {
    List<Observation> observations = new ArrayList<>(new ManyRuns(6, 20, 10).observations());
    observations.addAll(Runs.complete("long".repeat(1_000), 3, Map.of()));
    Path other = Files.createDirectory(folder.resolve("profile"));
    try (Browser withoutScripts = Browser.start(other, false)) {
      withoutScripts.wide(1400, 900);
      withoutScripts.open(fileOf(observations));
      List<WebElement> columns = withoutScripts.findAll("noscript thead th");
      Rectangle last = columns.get(columns.size() - 1).getRect();
      assertTrue(columns.size() >= 9, "columns: " + columns.size());
      assertTrue(last.x + last.width <= 1400, "the last column ends at " + (last.x + last.width));
      assertEquals("All runs", withoutScripts.text("noscript " + skipped(withoutScripts) + " h2"));
      withoutScripts.wide(390, 844);
      assertTrue(withoutScripts.find("noscript .scroll").getRect().width <= 390);
      assertTrue(withoutScripts.find("noscript .scroll").getRect().x >= 0);
    }
  }

  /** What the link at the beginning of the page leads to. */
  private static String skipped(Browser page) {
    return page.find("a.skip").getDomAttribute("href");
  }

  @Test
  void aServedPageGrowsWithTheLog() throws Exception {
    Path log = folder.resolve("runs").resolve("a.jsonl");
    List<Observation> observations = Runs.complete("a", 3, Map.of());
    try (MetricSink sink = new JsonLinesSink(log)) {
      for (Observation observation : observations.subList(0, 4)) {
        sink.write(observation);
      }
      GrowingLog growing = new GrowingLog(log.getParent());
      try (DashboardServer server = DashboardServer.start(0, () -> Dashboard.of(growing.read()))) {
        openWithCharts(server.uri().toString());
        browser.await(() -> browser.text("#status").equals("Live"));
        assertEquals("1 run, up to epoch 2", browser.text("#summary"));
        for (Observation observation : observations.subList(4, 6)) {
          sink.write(observation);
        }
        browser.await(() -> browser.text("#summary").equals("1 run, up to epoch 3"));
        assertEquals("3", browser.text(".slider output"));
        for (Observation observation : Runs.complete("b", 1, Map.of())) {
          sink.write(observation);
        }
        browser.await(() -> browser.text("#summary").equals("2 runs, up to epoch 3"));
      }
    }
  }
}
