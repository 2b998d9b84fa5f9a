package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** Pages of few and many runs, on screens of several widths and on paper. */
class PageOfManyRunsBrowserTest extends InBrowser {
  private String open(List<Observation> observations, String view) throws IOException {
    Path page = folder.resolve("page.html");
    Dashboard.of(observations).write(page);
    browser.open("about:blank");
    browser.open(page.toUri() + view);
    browser.script("board.drawAll()");
    return page.toUri().toString();
  }

  private static String lines(String chart) {
    browser.script("board.drawAll()");
    return browser.find(chart).getDomAttribute("data-lines");
  }

  private static void choose(String id, String value) {
    browser.script(
        "const select = document.getElementById(arguments[0]); select.value = arguments[1];"
            + " select.dispatchEvent(new Event('change'));",
        id,
        value);
  }

  @ParameterizedTest
  @CsvSource({"1400,900", "390,844"})
  void threeAnswersAreOnTheFirstScreen(int width, int height) throws IOException {
    browser.wide(width, height);
    open(new ManyRuns(18, 20, 4).observations(), "");
    for (String panel : List.of("collapse", "memorization", "dilation")) {
      String at = "#panel-" + panel;
      assertFalse(browser.text(at + " li").isEmpty(), panel);
      assertTrue(browser.text(at + " .figure").contains("lower is better"), panel);
      assertTrue(browser.findAll(at + " path.line").size() > 5, panel);
      long bottom =
          (Long)
              browser.script(
                  "return Math.round(document.querySelector(arguments[0])"
                      + ".getBoundingClientRect().bottom)",
                  at);
      assertTrue(bottom <= height, panel + " ends at " + bottom);
    }
    assertTrue(browser.text("#panel-dilation li").startsWith("The radius of held-out classes is"));
    assertTrue(browser.text("#besides").contains("cannot be told apart"));
    assertEquals(List.of(), ticksThatOverlap(), "labels of an axis over each other");
    browser.find("#panel-dilation a").click();
    assertEquals("dilation-title", browser.script("return document.activeElement.id"));
  }

  private static Object ticksThatOverlap() {
    return browser.script(
        "return [...document.querySelectorAll('.panel .axis.upwards')].flatMap(axis => {"
            + " const places = [...axis.querySelectorAll('text')].map(t =>"
            + " t.getBoundingClientRect().top).sort((a, b) => a - b);"
            + " return places.filter((top, i) => i > 0 && top - places[i - 1] < 11); })");
  }

  @Test
  void zeroOnALogarithmicAxisIsShownAndSaid() throws IOException {
    open(new ManyRuns(2, 10, 2).observations(), "");
    String chart = "#collapse .chart:nth-child(2) ";
    assertEquals("nc2.etf.means", browser.find(chart + "select").getDomProperty("value"));
    assertTrue(
        (Boolean) browser.script("return document.querySelector('" + chart + "input').checked"));
    assertEquals("0", browser.text(chart + ".tick.zero text"));
    assertEquals(2, browser.findAll(chart + "path.line").size());
    assertTrue(browser.text(chart + ".told").startsWith("All values are 0 or below 1e-12"));
    browser.find(chart + "select").sendKeys("nc2.angle_std.means");
    assertEquals("0", browser.text(chart + ".tick.zero text"));
  }

  @Test
  void aPageThatWasNotScrolledIsPrintedWhole() throws IOException {
    Path page = folder.resolve("page.html");
    Dashboard.of(new ManyRuns(6, 10, 4).observations()).write(page);
    browser.open(page.toUri().toString());
    browser.script("window.dispatchEvent(new Event('beforeprint'))");
    long empty =
        (Long)
            browser.script(
                "return board.charts.filter(c => !c.plot.querySelector('svg path.line')).length");
    assertEquals(0, empty, "charts without lines");
  }

  @Test
  void onPaperADarkPageIsLight() throws IOException {
    open(new ManyRuns(1, 3, 4).observations(), "");
    browser.find("#theme").click();
    browser.find("#theme").click();
    String paper = "return getComputedStyle(document.documentElement).getPropertyValue('--card')";
    assertEquals("#181f27", browser.script(paper).toString().strip());
    browser.media("print");
    assertEquals("#ffffff", browser.script(paper).toString().strip());
    browser.media("");
  }

  @Test
  void theScatterOfTwoFeaturesHasEqualAxes() throws IOException {
    open(new ManyRuns(1, 3, 4).observations(), "");
    List<?> units =
        (List<?>)
            browser.script(
                "const f = parts.find(p => p instanceof Plane).frame;"
                    + " return [f.x(1) - f.x(0), f.y(0) - f.y(1)];");
    double across = ((Number) units.get(0)).doubleValue();
    assertEquals(across, ((Number) units.get(1)).doubleValue(), 1e-6 * across);
  }

  @ParameterizedTest
  @CsvSource({"1400", "900", "390"})
  void namesOfAnyLengthKeepThePageItsWidth(int width) throws IOException {
    String name = "n".repeat(10_000);
    List<Observation> observations = new ArrayList<>();
    for (int seed = 1; seed <= 3; seed++) {
      for (Observation o :
          Runs.complete(
              name + seed, 3, Map.of("class.names", name + "," + name, name, name + seed))) {
        observations.add(
            new Observation(
                o.run(),
                o.epoch(),
                o.iteration(),
                o.split(),
                o.split().equals("train") ? "output" : name,
                o.measurements(),
                o.parameters(),
                o.examples()));
      }
    }
    browser.wide(width, 844);
    open(observations, "");
    browser.script("document.querySelectorAll('details').forEach(d => d.open = true)");
    long used = (Long) browser.script("return document.documentElement.scrollWidth");
    assertTrue(used <= width, "the page takes " + used);
    List<?> outside =
        (List<?>)
            browser.script(
                "return [...document.querySelectorAll('.drawing text')].filter(t => {"
                    + " const a = t.getBoundingClientRect(), b ="
                    + " t.ownerSVGElement.getBoundingClientRect(); return a.width > 0 && (a.left <"
                    + " b.left - 2 || a.right > b.right + 2); }).map(t => t.textContent)");
    assertEquals(List.of(), outside, "texts beyond their drawing");
  }

  @Test
  void openingDataMovesNothing() throws IOException {
    open(new ManyRuns(2, 30, 4).observations(), "");
    String places =
        "return JSON.stringify([...document.querySelectorAll('section, .chart')].map(e =>"
            + " [e.offsetTop, e.offsetHeight]))";
    Object before = browser.script(places);
    int buttons = browser.findAll("button.data").size();
    browser.script("document.querySelectorAll('button.data').forEach(b => b.click())");
    assertEquals(buttons, browser.findAll(".values:not([hidden]) table").size());
    assertEquals(1, browser.findAll("#picture .values table").size());
    assertEquals(before, browser.script(places));
    browser.script("document.querySelectorAll('button.data').forEach(b => b.click())");
    assertEquals(before, browser.script(places), "and back");
    assertTrue(browser.find("#picture .stage svg").isDisplayed());
  }

  @Test
  void cellsAreReadableAndStrongerIsWorse() throws IOException {
    open(new ManyRuns(4, 6, 10).observations(), "#run=cross-entropy+noise+0.2+seed+1");
    double contrast =
        ((Number)
                browser.script(
                    "const rgb = c => c.startsWith('color(srgb') ? c.match(/[\\d.]+/g).map(v => 255"
                        + " * v) : c.match(/[\\d.]+/g).map(Number);"
                        + " const light = c => c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v /"
                        + " 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v *"
                        + " [0.2126, 0.7152, 0.0722][i], 0);"
                        + " return Math.min(...[...document.querySelectorAll('.tinted')].map(e => {"
                        + " const s = getComputedStyle(e); let [r, g, b, a = 255] ="
                        + " rgb(s.backgroundColor); a /= 255; const card ="
                        + " rgb(getComputedStyle(e.closest('.card')).backgroundColor); const back ="
                        + " light([r, g, b].map((v, i) => v * a + card[i] * (1 - a))); const text ="
                        + " light(rgb(s.color)); return (Math.max(back, text) + 0.05) /"
                        + " (Math.min(back, text) + 0.05); }))"))
            .doubleValue();
    assertTrue(contrast >= 4.5, "contrast " + contrast);
    String head = browser.text("#classes .heat thead");
    assertTrue(head.contains("higher is better") && head.contains("lower is better"), head);
    assertStrongestIs("memorization.recovered", false);
    assertStrongestIs("dilation.radius", true);
  }

  /** Sorts the classes by a metric, highest first. */
  private static void assertStrongestIs(String metric, boolean highest) {
    List<?> strengths =
        (List<?>)
            browser.script(
                "const heads = () => [...document.querySelectorAll('#classes .two > .card:first-child"
                    + " .heat thead th')];"
                    + " const at = heads().findIndex(h => h.textContent.startsWith(arguments[0]));"
                    + " heads()[at].querySelector('button').click();"
                    + " return [...document.querySelectorAll('#classes .two > .card:first-child"
                    + " .heat tbody tr')].map(r =>"
                    + " parseFloat(r.children[at].style.getPropertyValue('--strength')))",
                metric);
    double first = ((Number) strengths.get(0)).doubleValue();
    double last = ((Number) strengths.get(strengths.size() - 1)).doubleValue();
    assertEquals(highest, first > last, metric + " " + strengths);
  }

  @Test
  void aColumnHasTheSameDecimalsThroughout() throws IOException {
    open(new ManyRuns(2, 30, 10).observations(), "");
    browser.find("#collapse button.data").click();
    for (String cells : List.of("#collapse .values td:nth-child(2)", "#suspects td:nth-child(4)")) {
      List<?> decimals =
          (List<?>)
              browser.script(
                  "return [...new Set([...document.querySelectorAll(arguments[0])].map(e =>"
                      + " (e.textContent.split('.')[1] ?? '').length))]",
                  cells);
      assertEquals(1, decimals.size(), cells + " " + decimals);
    }
  }

  @Test
  void pairsAreSortedAndClassesHaveTheirNamesEverywhere() throws IOException {
    open(new ManyRuns(1, 3, 10).observations(), "");
    List<?> values =
        (List<?>)
            browser.script(
                "return [...document.querySelectorAll('#classes .two > .card:nth-child(2)"
                    + " .scroll:first-of-type tbody td:nth-child(2)')].map(e =>"
                    + " Number(e.textContent))");
    double[] shown = values.stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
    double[] sorted = Arrays.stream(shown).map(v -> -v).sorted().map(v -> -v).toArray();
    assertEquals(Arrays.toString(sorted), Arrays.toString(shown));
    assertTrue(shown.length > 3);
    for (String place : List.of("#classes", "#plane", "#suspects")) {
      assertTrue(browser.find(place).getDomProperty("textContent").contains("Pullover"), place);
    }
  }

  @Test
  void whatIsOfAnEarlierEpochSaysSo() throws IOException {
    open(
        new ManyRuns(5, 10, 4).observations(),
        "#run=label-smoothing+noise+0.2+seed+1&across=iteration");
    assertTrue(
        browser.text("#classes .stale").startsWith("This run ended at epoch 5"),
        browser.text("#classes .stale"));
    assertEquals(1, browser.findAll("#picture .stage .ended").size());
    assertTrue(browser.text("#picture").contains("ended before this epoch"));
    browser.script("moveTo(5)");
    assertEquals(0, browser.findAll("#classes .stale").size());
    assertEquals(0, browser.findAll("#picture .stage .ended").size());
  }

  @Test
  void pointsTakeTheirColourFromTheLoss() throws IOException {
    open(new ManyRuns(18, 6, 4).observations(), "");
    long colours =
        (Long)
            browser.script(
                "return new Set([...document.querySelectorAll('#picture .stage circle')].map(c =>"
                    + " c.getAttribute('class').match(/\\d/)[0])).size");
    assertEquals(3, colours);
    assertEquals(3, browser.findAll("#picture .keys span").size());
  }

  @Test
  void eighteenRunsHaveALegendOfWhatTheyDifferIn() throws IOException {
    open(new ManyRuns(18, 6, 4).observations(), "");
    assertEquals(3, browser.findAll(".legend button").size(), "a loss each");
    choose("colour", "noise");
    assertEquals(3, browser.findAll(".legend button").size(), "a noise rate each");
    choose("colour", "run");
    assertEquals(18, browser.findAll(".legend button").size());
    assertEquals(
        true,
        browser.script(
            "const l = document.querySelector('.legend'); return l.scrollHeight <= l.clientHeight &&"
                + " l.scrollWidth <= l.clientWidth"));
    browser.script("document.querySelector('.legend button').click()");
    assertEquals("17", lines("#collapse .plot"));
    choose("group", "loss");
    assertEquals("3", lines("#collapse .plot"));
    assertEquals(3, browser.findAll("#collapse .chart:first-child .band").size());
  }

  @Test
  void twoHundredRunsAreSearched() throws IOException {
    open(new ManyRuns(200, 4, 2).observations(), "");
    assertEquals("200", lines("#collapse .plot"));
    browser.find("#runs summary").click();
    browser.await(() -> browser.findAll("#runs li").size() == 200);
    browser.find("#runs input[type=search]").sendKeys("relaxation seed 7");
    browser.find("#runs button:nth-of-type(2)").click();
    assertTrue(browser.text("#runs summary").startsWith("Runs: 6 of 200"));
    assertEquals("6", lines("#collapse .plot"), "of the seeds 7 and 17, at three noise rates");
    browser.find("#runs input[type=search]").sendKeys(Keys.ESCAPE);
    assertEquals(0, browser.findAll("#runs[open]").size());
  }

  @Test
  void aLinkShowsTheSame() throws IOException {
    open(new ManyRuns(6, 8, 4).observations(), "");
    choose("colour", "loss");
    choose("group", "noise");
    choose("axis", "iteration");
    browser.script(
        "const s = document.querySelector('#collapse select'); s.value = 'nc1.pinv';"
            + " s.dispatchEvent(new Event('change')); moveTo(4);"
            + " document.querySelector('.legend button').click();"
            + " document.querySelector('#dilation input').click();"
            + " document.getElementById('smooth').value = 0.5;"
            + " document.getElementById('smooth').dispatchEvent(new Event('input'));");
    String address = browser.script("return location.href").toString();
    String seen =
        "board.drawAll(); return [...document.querySelectorAll('.plot')].map(p =>"
            + " p.getAttribute('aria-label')).join() + document.querySelector('output').textContent"
            + " + document.querySelector('#runs summary').textContent +"
            + " document.querySelectorAll('.axis.upwards .tick').length";
    Object shown = browser.script(seen);
    browser.open("about:blank");
    browser.open(address);
    assertEquals(shown, browser.script(seen));
    assertEquals("4", browser.text(".slider output"));
    assertTrue(address.contains("metric.nc1=nc1.pinv"), address);
    assertTrue(browser.text("#collapse .title.end").startsWith("iteration"));
  }

  /** As if each iteration had taken the run so many seconds, and a stop of a day at epoch 4. */
  private static Observation timed(Observation observation, double secondsOfIteration) {
    Instant started = Instant.parse("2024-05-01T12:00:00Z");
    double seconds = observation.iteration() * secondsOfIteration;
    if (observation.epoch() > 4) {
      started = started.plusSeconds((long) (4 * 79 * secondsOfIteration) + 86_400);
      seconds -= 4 * 79 * secondsOfIteration;
    }
    return observation.withTimes(
        Optional.of(started.plusMillis(Math.round(1000 * seconds))), Optional.of(started));
  }

  @Test
  void timeOfTrainingIsAnAxis() throws IOException {
    List<Observation> observations =
        new ArrayList<>(
            new ManyRuns(3, 8, 4)
                .observations().stream()
                    .map(o -> timed(o, o.run().startsWith("cross-entropy") ? 1 : 2))
                    .toList());
    new ManyRuns(1, 8, 4)
        .observations()
        .forEach(o -> observations.add(Runs.observation("old", o.epoch(), "train", OLD, Map.of())));
    open(observations, "");
    choose("axis", "time");
    assertEquals("3", lines("#collapse .plot"), "one has no times");
    assertEquals("time (min) \u2192", browser.text("#collapse .title.end"));
    assertTrue(browser.text("#collapse .told").startsWith("1 run left out"));
    List<String> ticks =
        browser.findAll("#panel-collapse .across text").stream().map(t -> t.getText()).toList();
    assertEquals("0", ticks.get(0));
    assertTrue(ticks.get(ticks.size() - 1).endsWith(" min"), ticks.toString());
    String ends = "return board.charts.find(c => c.spec.id === 'nc1').current.map(l => l.x.at(-1))";
    List<?> minutes = (List<?>) browser.script(ends);
    assertEquals(8 * 79 / 60.0, ((Number) minutes.get(0)).doubleValue(), 1e-2);
    assertEquals(2 * 8 * 79 / 60.0, ((Number) minutes.get(1)).doubleValue(), 1e-2);
    browser.script("moveTo(6)");
    assertEquals(0, browser.findAll("#collapse .moment").size(), "it is another time in each run");
    browser.script("document.querySelectorAll('.legend button')[0].click()");
    browser.script("showOnly([state.data.runs[1]]); show(); board.drawAll()");
    assertEquals(6 * 79 * 2 / 60.0, markedTime(), 1e-2);
    browser.script("const c = board.charts.find(c => c.spec.id === 'nc1'); c.moveToPlace(c.xs[4])");
    assertEquals("5", browser.text(".slider output"));
    String address = browser.script("return location.href").toString();
    assertTrue(address.contains("across=time"), address);
    browser.open("about:blank");
    browser.open(address);
    assertEquals("time (min) \u2192", browser.text("#collapse .title.end"));
  }

  private static final Map<Metric, Double> OLD = Map.of(Metric.NC1_PINV, 0.3);

  private static double markedTime() {
    return ((Number)
            browser.script(
                "const f = board.charts.find(c => c.spec.id === 'nc1').frame; return"
                    + " f.x.invert(f.svg.querySelector('.moment').getAttribute('x1'))"))
        .doubleValue();
  }

  @Test
  void withoutTimesThereIsNoAxisOfThem() throws IOException {
    open(new ManyRuns(1, 3, 4).observations(), "#across=time");
    assertTrue(browser.text("#collapse .title.end").startsWith("epoch"));
    assertEquals(2, browser.findAll("#axis option").size());
  }

  @Test
  void smoothingLeavesTheRawLineBehind() throws IOException {
    open(new ManyRuns(1, 30, 4).observations(), "");
    assertEquals(0, browser.findAll("#collapse .raw").size());
    Object rough = browser.find("#collapse .line").getDomAttribute("d");
    browser.script(
        "document.getElementById('smooth').value = 0.8;"
            + " document.getElementById('smooth').dispatchEvent(new Event('input'));"
            + " board.drawAll();");
    assertEquals(rough, browser.find("#collapse .raw").getDomAttribute("d"));
    assertNotEquals(rough, browser.find("#collapse .line:not(.raw)").getDomAttribute("d"));
  }

  @Test
  void aChartIsSavedAsCsvSvgAndPng() throws IOException {
    open(new ManyRuns(2, 4, 4).observations(), "");
    browser.script(
        "window.saved = {}; URL.createObjectURL = ((real) => blob => { const r = new FileReader();"
            + " r.onload = () => (window.saved[blob.type] = r.result); r.readAsDataURL(blob); return"
            + " real(blob); })(URL.createObjectURL.bind(URL));"
            + " document.querySelectorAll('#collapse .save')[0].querySelectorAll('button')"
            + ".forEach(b => b.click());");
    browser.await(() -> browser.script("return Object.keys(saved).length").equals(3L));
    List<String> csv = saved("text/csv").lines().toList();
    assertEquals(
        "epoch,cross-entropy noise 0.0 seed 1,label-smoothing noise 0.0 seed 1", csv.get(0));
    assertEquals(5, csv.size());
    String svg = saved("image/svg+xml");
    assertTrue(svg.contains("rgb(0, 114, 178)") && !svg.contains("var("), svg);
    assertTrue(svg.contains("label-smoothing noise 0.0 seed 1"), "its legend");
    assertTrue(saved("image/png").startsWith("\u0089PNG"));
  }

  private static String saved(String type) {
    String address = browser.script("return saved[arguments[0]]", type).toString();
    byte[] bytes = Base64.getDecoder().decode(address.substring(address.indexOf(',') + 1));
    return new String(
        bytes, type.equals("image/png") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
  }

  @Test
  void aPageOfTheTheoryAloneIsItsPicture() throws IOException {
    Path page = folder.resolve("page.html");
    TheoryCurve curve =
        new TheoryCurve(
            "alpha 0, C 1",
            List.of(
                new TheoryCurve.Point(0, 0, 0.1, 0.1), new TheoryCurve.Point(0.4, 0.5, 0.6, 0.7)));
    Dashboard.ofTheory(List.of(curve), List.of()).write(page);
    browser.open(page.toUri().toString());
    assertEquals(1, browser.findAll("#picture path.line.c0").size() - 1, "beside the legend's");
    assertEquals("noise.rate", browser.find("#picture select").getDomProperty("value"));
    Dashboard.ofTheory(List.of(curve), new ManyRuns(3, 4, 2).observations()).write(page);
    browser.open("about:blank");
    browser.open(page.toUri().toString());
    assertEquals("noise.rate", browser.find("#picture select").getDomProperty("value"));
    assertEquals(3, browser.findAll("#picture .stage circle").size());
    assertEquals(Metric.DILATION_RELATIVE.key(), browser.script("return parts[0].y.value"));
  }
}
