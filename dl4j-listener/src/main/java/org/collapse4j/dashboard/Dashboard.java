package org.collapse4j.dashboard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict;
import org.collapse4j.verdict.VerdictRules;

/**
 * One HTML page that shows what was observed of one or many runs: what it means in words ({@link
 * VerdictRules}), the metrics over epochs, dilation against memorization, the classes, two-feature
 * layers and suspicious labels. Immutable.
 *
 * <p>The page is a single file that needs no network and works from disk; its content security
 * policy allows nothing but its own script and style, and whatever comes from a log is only ever
 * text. Where scripts do not run it shows the verdicts and a table.
 *
 * <pre>{@code
 * Dashboard.of(MetricLog.read(Path.of("runs"))).write(Path.of("page.html"));
 * }</pre>
 */
public final class Dashboard {
  private final List<RunHistory> runs;
  private final List<TheoryCurve> theory;
  private final List<String> notes;
  private final Optional<Metric> across;
  private List<Verdict> together;
  private String data;
  private String tag;

  private Dashboard(
      List<RunHistory> runs,
      List<TheoryCurve> theory,
      List<String> notes,
      Optional<Metric> across) {
    this.runs = List.copyOf(runs);
    this.theory = List.copyOf(theory);
    this.notes = List.copyOf(notes);
    this.across = across;
  }

  /** A page of the runs in a log, with its warnings. */
  public static Dashboard of(MetricLog log) {
    return new Dashboard(log.histories(), List.of(), log.warnings(), Optional.empty());
  }

  /** A page of observations, of any number of runs. */
  public static Dashboard of(List<Observation> observations) {
    return new Dashboard(RunHistory.of(observations), List.of(), List.of(), Optional.empty());
  }

  /**
   * A page of the theory: dilation over the noise rate.
   *
   * @param curves what the model says
   * @param observations of runs that are laid over it, and shown below; possibly none
   */
  public static Dashboard ofTheory(List<TheoryCurve> curves, List<Observation> observations) {
    return new Dashboard(
        RunHistory.of(observations), curves, List.of(), Optional.of(Metric.NOISE_RATE));
  }

  /** The same page with curves of the theory behind dilation against memorization. */
  public Dashboard withTheory(List<TheoryCurve> curves) {
    return new Dashboard(runs, curves, notes, across);
  }

  /** The page. */
  public String html() {
    return Page.standalone(data(), fallback());
  }

  /** The same page with further notes at its top. */
  Dashboard withNotes(List<String> further) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(further);
    return new Dashboard(runs, theory, all, across);
  }

  /**
   * The page as it is served: it asks for {@link #data} again and again.
   *
   * @param address of the data, relative to that of the page
   */
  String liveHtml(String address) {
    return Page.live(data(), fallback(), address);
  }

  /** An entity tag of {@link #data} for HTTP. */
  synchronized String tag() {
    if (tag == null) {
      CRC32 sum = new CRC32();
      sum.update(data().getBytes(StandardCharsets.UTF_8));
      tag = "\"" + Long.toHexString(sum.getValue()) + "-" + data().length() + "\"";
    }
    return tag;
  }

  /** What the page draws, as JSON. */
  synchronized String data() {
    if (data == null) {
      data = new PageData(runs).content(together(), theory, notes, across).json();
    }
    return data;
  }

  /** The verdicts of all runs together, which the page says with scripts and without. */
  private synchronized List<Verdict> together() {
    if (together == null) {
      together = VerdictRules.ofRuns(runs);
    }
    return together;
  }

  private String fallback() {
    return new WithoutScripts(runs, together()).html();
  }

  /**
   * Writes the page. It replaces a former one at once, so that a reader never sees a part of it.
   *
   * @param file created with its folders, or replaced
   */
  public void write(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path part = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
    try {
      Files.write(part, html().getBytes(StandardCharsets.UTF_8));
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
