package org.collapse4j.dashboard;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.ClassPair;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.verdict.RunLabel;
import org.collapse4j.verdict.Verdict;
import org.collapse4j.verdict.VerdictRules;

/**
 * Makes a page's content from histories, of a size that a browser opens at once: curves share some
 * {@value #BYTES_OF_CURVES} bytes, what is drawn for one moment at a time {@value
 * #BYTES_OF_MOMENTS}, or what thousands of runs leave of {@value #BYTES_OF_ALL}; what is left out
 * are values between the extremes, and moments between the first and the last.
 */
final class PageData {
  private static final List<Metric> VOCABULARY = List.of(Metric.values());
  private static final int BYTES_OF_CURVES = 8_500_000;
  private static final int BYTES_OF_THINNED_VALUE = 11;
  private static final int BYTES_OF_VALUE = 6;
  private static final int BYTES_OF_CURVE = 8;
  private static final int MOST_POINTS = 2_000;
  private static final int LEAST_POINTS = 16;
  private static final int BYTES_OF_MOMENTS = 2_500_000;
  private static final int BYTES_OF_ALL = 14_000_000;

  /** Its name, parameters and moments, and its verdicts in words. */
  private static final int BYTES_OF_RUN = 1_100;

  private static final int BYTES_OF_CLASS_VALUE = 6;
  private static final int BYTES_OF_PAIR = 16;
  private static final int BYTES_OF_EXAMPLE = 16;
  private static final int MOST_MOMENTS = 40;
  private static final int MOST_TIMES = 500;
  private static final int SUSPECTS_OF_ALL = 20_000;
  private static final int SUSPECTS_OF_A_RUN = 200;

  private final List<RunHistory> runs;
  // By identity, since the hash of a series is that of all its observations.
  private final IdentityHashMap<MetricSeries, Set<Metric>> metrics = new IdentityHashMap<>();
  private final int mostPoints;
  private final int mostMoments;
  private final Set<RunHistory> detailed = Collections.newSetFromMap(new IdentityHashMap<>());
  private final boolean byEpoch;
  private final Map<String, String> common;

  PageData(List<RunHistory> runs) {
    this.runs = runs;
    List<MetricSeries> all = runs.stream().flatMap(run -> run.series().stream()).toList();
    long columns = all.stream().mapToLong(series -> metrics(series).size()).sum();
    this.mostPoints =
        within(
            LEAST_POINTS,
            BYTES_OF_CURVES / (BYTES_OF_THINNED_VALUE * Math.max(1, columns)),
            MOST_POINTS);
    long curveBytes = all.stream().mapToLong(this::bytesOfCurves).sum();
    long left = BYTES_OF_ALL - curveBytes - (long) BYTES_OF_RUN * runs.size();
    int mostBytes = within(0, left, BYTES_OF_MOMENTS);
    long momentBytes = 0;
    for (RunHistory run : runs) {
      long bytes = run.series().stream().mapToLong(PageData::bytesOfMoment).sum();
      if (momentBytes + bytes <= mostBytes) {
        detailed.add(run);
        momentBytes += bytes;
      }
    }
    this.mostMoments = within(1, mostBytes / Math.max(1, momentBytes), MOST_MOMENTS);
    this.byEpoch = all.stream().allMatch(MetricSeries::isByEpoch);
    this.common = common(runs);
  }

  /** The parameters that are the same in each of several runs. */
  private static Map<String, String> common(List<RunHistory> runs) {
    if (runs.size() < 2) {
      return Map.of();
    }
    Map<String, String> common = new LinkedHashMap<>(runs.get(0).parameters());
    runs.forEach(run -> common.entrySet().retainAll(run.parameters().entrySet()));
    return common;
  }

  private Map<String, String> own(Map<String, String> parameters) {
    Map<String, String> own = new LinkedHashMap<>(parameters);
    own.keySet().removeAll(common.keySet());
    return own;
  }

  private static int within(int least, long value, int most) {
    return (int) Math.min(most, Math.max(least, value));
  }

  /** About what the metrics of a series take at most. */
  private long bytesOfCurves(MetricSeries series) {
    int values = series.observations().size();
    int bytes =
        values <= mostPoints ? BYTES_OF_VALUE * values : BYTES_OF_THINNED_VALUE * mostPoints;
    return (long) metrics(series).size() * (BYTES_OF_CURVE + bytes);
  }

  /** About what the last observation of a series takes beside its metrics. */
  private static long bytesOfMoment(MetricSeries series) {
    Observation last = series.observations().get(series.observations().size() - 1);
    long classValues =
        last.measurements().classMetrics().stream()
            .mapToLong(metric -> last.measurements().classValues(metric).length)
            .sum();
    return BYTES_OF_CLASS_VALUE * classValues
        + BYTES_OF_PAIR * (long) last.measurements().pairs(Metric.NC1_CDNV).size()
        + BYTES_OF_EXAMPLE * (long) last.examples().plane().map(p -> p.examples().size()).orElse(0);
  }

  /**
   * The content.
   *
   * @param together the verdicts of all runs together
   * @param across what the picture of dilation has across at first, if that is chosen
   */
  PageContent content(
      List<Verdict> together,
      List<TheoryCurve> theory,
      List<String> notes,
      Optional<Metric> across) {
    Map<Map<String, String>, Integer> groups = new HashMap<>();
    return new PageContent(
        byEpoch ? "epoch" : "iteration",
        across.map(Metric::key).orElse(null),
        runs.stream()
            .flatMap(run -> run.series().stream())
            .anyMatch(series -> series.observations().size() > mostPoints),
        runs.size() - detailed.size(),
        common,
        VOCABULARY.stream().map(PageData::text).toList(),
        texts(together),
        runs.stream().map(run -> run(run, groups)).toList(),
        theory.stream().map(PageData::curve).toList(),
        notes);
  }

  private static PageContent.MetricText text(Metric metric) {
    return new PageContent.MetricText(
        metric.key(), metric.meaning(), finite(metric.ideal()), metric.source());
  }

  private static List<PageContent.VerdictText> texts(List<Verdict> verdicts) {
    return verdicts.stream()
        .map(
            verdict ->
                new PageContent.VerdictText(
                    lowerCase(verdict.topic()), lowerCase(verdict.tone()), verdict.text()))
        .toList();
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private PageContent.Run run(RunHistory run, Map<Map<String, String>, Integer> groups) {
    boolean repeated = run.parameters().containsKey("seed");
    Map<String, String> key = repeated ? RunLabel.withoutSeed(run) : Map.of("run", run.run());
    groups.putIfAbsent(key, groups.size());
    return new PageContent.Run(
        run.run(),
        own(run.parameters()),
        groups.get(key),
        RunLabel.loss(run).orElse(null),
        RunLabel.noiseRate(run).orElse(null),
        run.training().map(run.series()::indexOf).orElse(-1),
        run.heldOut().map(run.series()::indexOf).orElse(-1),
        times(run),
        texts(VerdictRules.ofRun(run)),
        run.series().stream().map(series -> series(series, detailed.contains(run))).toList(),
        detailed.contains(run) ? suspects(run) : List.of());
  }

  private PageContent.Times times(RunHistory run) {
    List<TrainingTime.Place> places = TrainingTime.of(run);
    if (places.isEmpty()) {
      return null;
    }
    List<TrainingTime.Place> kept = Thinning.atMost(Math.min(MOST_TIMES, mostPoints), places);
    double[] x = kept.stream().mapToDouble(place -> moment(place.observation())).toArray();
    double[] seconds = kept.stream().mapToDouble(TrainingTime.Place::seconds).toArray();
    return new PageContent.Times(Column.moments(x), Column.float32(seconds));
  }

  private double moment(Observation observation) {
    return byEpoch ? observation.epoch() : observation.iteration();
  }

  private Object moments(List<Observation> observations) {
    return Column.moments(observations.stream().mapToDouble(this::moment).toArray());
  }

  private PageContent.Series series(MetricSeries series, boolean withDetails) {
    List<Observation> all = series.observations();
    Map<Integer, Object> values = new LinkedHashMap<>();
    for (Metric metric : metrics(series)) {
      double[] column = all.stream().mapToDouble(o -> o.measurements().value(metric)).toArray();
      if (!Arrays.stream(column).allMatch(Double::isNaN)) {
        values.put(VOCABULARY.indexOf(metric), Column.values(column, mostPoints));
      }
    }
    double[] iterations = all.stream().mapToDouble(Observation::iteration).toArray();
    List<Observation> pictured =
        withDetails
            ? all.stream().filter(o -> o.examples().plane().isPresent()).toList()
            : List.of();
    return new PageContent.Series(
        series.split(),
        series.layer(),
        moments(all),
        byEpoch ? Column.moments(iterations) : null,
        values,
        withDetails ? classes(all) : null,
        Thinning.atMost(mostMoments, pictured).stream().map(this::plane).toList());
  }

  private Set<Metric> metrics(MetricSeries series) {
    return metrics.computeIfAbsent(
        series,
        s -> {
          Set<Metric> measured = EnumSet.noneOf(Metric.class);
          s.observations().forEach(o -> measured.addAll(o.measurements().metrics()));
          return measured;
        });
  }

  /** Null if nothing is known of single classes. */
  private PageContent.Classes classes(List<Observation> all) {
    List<Observation> telling =
        all.stream().filter(o -> !o.measurements().classMetrics().isEmpty()).toList();
    if (telling.isEmpty()) {
      return null;
    }
    List<Observation> kept = Thinning.atMost(mostMoments, telling);
    Set<Metric> measured = EnumSet.noneOf(Metric.class);
    kept.forEach(o -> measured.addAll(o.measurements().classMetrics()));
    int count =
        kept.stream()
            .flatMapToInt(
                o -> measured.stream().mapToInt(m -> o.measurements().classValues(m).length))
            .max()
            .orElse(0);
    Map<String, String> values = new LinkedHashMap<>();
    measured.forEach(m -> values.put(m.key(), Column.float32(table(kept, m, count))));
    return new PageContent.Classes(
        moments(kept),
        count,
        values,
        kept.stream().map(o -> pairs(o.measurements().pairs(Metric.NC1_CDNV))).toList());
  }

  private static double[] table(List<Observation> observations, Metric metric, int count) {
    double[] table = new double[observations.size() * count];
    Arrays.fill(table, Double.NaN);
    for (int row = 0; row < observations.size(); row++) {
      double[] perClass = observations.get(row).measurements().classValues(metric);
      System.arraycopy(perClass, 0, table, row * count, perClass.length);
    }
    return table;
  }

  private static List<List<Number>> pairs(List<ClassPair> pairs) {
    return pairs.stream()
        .filter(pair -> Double.isFinite(pair.value()))
        .map(pair -> List.<Number>of(pair.first(), pair.second(), rounded(pair.value())))
        .toList();
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(3)).doubleValue();
  }

  private PageContent.Plane plane(Observation observation) {
    FeaturePlane plane = observation.examples().plane().orElseThrow();
    List<FeaturePlane.Example> examples = plane.examples();
    double[] features = new double[2 * examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      features[2 * i] = examples.get(i).x();
      features[2 * i + 1] = examples.get(i).y();
    }
    return new PageContent.Plane(
        moment(observation),
        Column.float32(features),
        examples.stream().map(FeaturePlane.Example::given).toList(),
        examples.stream().map(FeaturePlane.Example::clean).toList(),
        plane.centres().stream().map(PageData::point).toList(),
        plane.classifier().stream().map(r -> List.of(r.x(), r.y(), r.bias())).toList());
  }

  private static List<Double> point(FeaturePlane.Centre centre) {
    return centre == null ? null : List.of(centre.x(), centre.y());
  }

  private List<List<Number>> suspects(RunHistory run) {
    List<SuspectLabel> last = List.of();
    for (MetricSeries series : run.series()) {
      for (Observation observation : series.observations()) {
        if (!observation.examples().suspects().isEmpty()) {
          last = observation.examples().suspects();
        }
      }
    }
    int most = within(10, SUSPECTS_OF_ALL / detailed.size(), SUSPECTS_OF_A_RUN);
    return last.subList(0, Math.min(most, last.size())).stream().map(PageData::suspect).toList();
  }

  private static List<Number> suspect(SuspectLabel suspect) {
    return Arrays.asList(
        suspect.index(),
        suspect.given(),
        suspect.sitsWith(),
        finite(suspect.margin()),
        finite(suspect.distanceRatio()));
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  private static PageContent.Curve curve(TheoryCurve curve) {
    return new PageContent.Curve(
        curve.label(),
        curve.points().stream()
            .map(
                p ->
                    Arrays.asList(
                        finite(p.noiseRate()),
                        finite(p.memorizationFraction()),
                        finite(p.memorizationRelative()),
                        finite(p.dilation())))
            .toList());
  }
}
