package org.collapse4j.dashboard;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
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
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * What the page draws, as JSON. Values of metrics are columns of little-endian float32 in base64,
 * NaN where undefined, which takes 5.3 bytes a value and keeps seven digits; a column of one value
 * throughout is that number. Long series are thinned to what {@value #MOST_VALUES} values in all
 * leave to each; what is drawn for one epoch at a time has at most {@value #MOST_MOMENTS}.
 */
final class PageData {
  private static final int MOST_VALUES = 2_300_000;
  private static final int MOST_POINTS = 2_000;
  private static final int LEAST_POINTS = 200;
  private static final int MOST_MOMENTS = 40;
  private static final int MOST_SUSPECTS = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<RunHistory> runs;
  private final int mostPoints;
  private final boolean byEpoch;

  PageData(List<RunHistory> runs) {
    this.runs = runs;
    long columns =
        runs.stream().flatMap(r -> r.series().stream()).mapToLong(s -> metrics(s).size()).sum();
    this.mostPoints =
        (int) Math.min(MOST_POINTS, Math.max(LEAST_POINTS, MOST_VALUES / Math.max(1, columns)));
    this.byEpoch =
        runs.stream().flatMap(r -> r.series().stream()).allMatch(MetricSeries::isByEpoch);
  }

  ObjectNode json(List<TheoryCurve> theory, List<String> notes) {
    ObjectNode page = JSON.createObjectNode();
    page.put("axis", byEpoch ? "epoch" : "iteration");
    metrics(page.putArray("metrics"));
    verdicts(page.putArray("verdict"), VerdictRules.ofRuns(runs));
    Map<Map<String, String>, Integer> groups = new LinkedHashMap<>();
    ArrayNode all = page.putArray("runs");
    runs.forEach(run -> run(all.addObject(), run, groups));
    theory(page.putArray("theory"), theory);
    ArrayNode told = page.putArray("notes");
    notes.forEach(told::add);
    return page;
  }

  private static void metrics(ArrayNode vocabulary) {
    for (Metric metric : Metric.values()) {
      ObjectNode json = vocabulary.addObject();
      json.put("key", metric.key());
      json.put("meaning", metric.meaning());
      json.put("ideal", Double.isNaN(metric.ideal()) ? null : (Double) metric.ideal());
      json.put("source", metric.source());
    }
  }

  private static void verdicts(ArrayNode json, List<Verdict> verdicts) {
    for (Verdict verdict : verdicts) {
      ObjectNode object = json.addObject();
      object.put("topic", verdict.topic().name().toLowerCase(Locale.ROOT));
      object.put("tone", verdict.tone().name().toLowerCase(Locale.ROOT));
      object.put("text", verdict.text());
    }
  }

  private void run(ObjectNode json, RunHistory run, Map<Map<String, String>, Integer> groups) {
    json.put("name", run.run());
    run.parameters().forEach(json.putObject("parameters")::put);
    boolean repeated = run.parameters().containsKey("seed");
    Map<String, String> key = repeated ? RunLabel.withoutSeed(run) : Map.of("run", run.run());
    groups.putIfAbsent(key, groups.size());
    json.put("group", groups.get(key));
    json.put("loss", RunLabel.loss(run).orElse(null));
    json.put("noise", RunLabel.noiseRate(run).orElse(null));
    json.put("training", run.training().map(run.series()::indexOf).orElse(-1));
    json.put("heldOut", run.heldOut().map(run.series()::indexOf).orElse(-1));
    verdicts(json.putArray("verdict"), VerdictRules.ofRun(run));
    ArrayNode series = json.putArray("series");
    run.series().forEach(s -> series(series.addObject(), s));
    suspects(json.putArray("suspects"), run);
  }

  private double moment(Observation observation) {
    return byEpoch ? observation.epoch() : observation.iteration();
  }

  private void series(ObjectNode json, MetricSeries series) {
    List<Observation> all = series.observations();
    int stride = Thinning.stride(all.size(), mostPoints);
    List<Observation> kept = Thinning.every(stride, all);
    json.put("split", series.split());
    json.put("layer", series.layer());
    json.put("every", stride);
    json.put("x", float64(kept, this::moment));
    if (byEpoch) {
      json.put("iterations", float64(kept, Observation::iteration));
    }
    ObjectNode values = json.putObject("values");
    for (Metric metric : metrics(series)) {
      column(values, metric, kept);
    }
    moments(json, all);
  }

  private static Set<Metric> metrics(MetricSeries series) {
    Set<Metric> metrics = EnumSet.noneOf(Metric.class);
    series.observations().forEach(o -> metrics.addAll(o.measurements().metrics()));
    return metrics;
  }

  private static void column(ObjectNode json, Metric metric, List<Observation> observations) {
    ToDoubleFunction<Observation> value = o -> o.measurements().value(metric);
    double first = value.applyAsDouble(observations.get(0));
    if (observations.stream().allMatch(o -> value.applyAsDouble(o) == first)) {
      json.put(metric.key(), first);
    } else if (observations.stream().anyMatch(o -> !Double.isNaN(value.applyAsDouble(o)))) {
      json.put(metric.key(), float32(observations.stream().mapToDouble(value).toArray()));
    }
  }

  /** What is drawn for one moment at a time: classes, pairs of classes, planes of features. */
  private void moments(ObjectNode json, List<Observation> all) {
    List<Observation> telling =
        all.stream().filter(o -> !o.measurements().classMetrics().isEmpty()).toList();
    if (!telling.isEmpty()) {
      classes(json.putObject("classes"), Thinning.atMost(MOST_MOMENTS, telling));
    }
    List<Observation> pictured =
        all.stream().filter(o -> o.examples().plane().isPresent()).toList();
    ArrayNode planes = json.putArray("planes");
    for (Observation o : Thinning.atMost(MOST_MOMENTS, pictured)) {
      plane(planes.addObject().put("x", moment(o)), o.examples().plane().orElseThrow());
    }
  }

  private void classes(ObjectNode json, List<Observation> observations) {
    json.put("x", float64(observations, this::moment));
    Set<Metric> metrics = EnumSet.noneOf(Metric.class);
    observations.forEach(o -> metrics.addAll(o.measurements().classMetrics()));
    int count =
        observations.stream()
            .flatMapToInt(
                o -> metrics.stream().mapToInt(m -> o.measurements().classValues(m).length))
            .max()
            .orElse(0);
    json.put("count", count);
    ObjectNode values = json.putObject("values");
    for (Metric metric : metrics) {
      values.put(metric.key(), float32(table(observations, metric, count)));
    }
    ArrayNode pairs = json.putArray("pairs");
    observations.forEach(o -> pairs(pairs.addArray(), o.measurements().pairs(Metric.NC1_CDNV)));
  }

  private static double[] table(List<Observation> observations, Metric metric, int count) {
    double[] table = new double[observations.size() * count];
    for (int row = 0; row < observations.size(); row++) {
      double[] perClass = observations.get(row).measurements().classValues(metric);
      for (int c = 0; c < count; c++) {
        table[row * count + c] = c < perClass.length ? perClass[c] : Double.NaN;
      }
    }
    return table;
  }

  private static void pairs(ArrayNode json, List<ClassPair> pairs) {
    for (ClassPair pair : pairs) {
      if (Double.isFinite(pair.value())) {
        json.addArray().add(pair.first()).add(pair.second()).add(rounded(pair.value()));
      }
    }
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(3)).doubleValue();
  }

  private static void plane(ObjectNode json, FeaturePlane plane) {
    List<FeaturePlane.Example> examples = plane.examples();
    json.put("features", float32(interleaved(examples)));
    ArrayNode given = json.putArray("given");
    ArrayNode clean = json.putArray("clean");
    for (FeaturePlane.Example e : examples) {
      given.add(e.given());
      clean.add(e.clean());
    }
    ArrayNode centres = json.putArray("centres");
    for (FeaturePlane.Centre c : plane.centres()) {
      if (c == null) {
        centres.addNull();
      } else {
        centres.addArray().add(c.x()).add(c.y());
      }
    }
    ArrayNode classifier = json.putArray("classifier");
    plane.classifier().forEach(r -> classifier.addArray().add(r.x()).add(r.y()).add(r.bias()));
  }

  private static double[] interleaved(List<FeaturePlane.Example> examples) {
    double[] features = new double[2 * examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      features[2 * i] = examples.get(i).x();
      features[2 * i + 1] = examples.get(i).y();
    }
    return features;
  }

  private static void suspects(ArrayNode json, RunHistory run) {
    List<SuspectLabel> last = new ArrayList<>();
    for (MetricSeries series : run.series()) {
      for (Observation observation : series.observations()) {
        if (!observation.examples().suspects().isEmpty()) {
          last = observation.examples().suspects();
        }
      }
    }
    for (SuspectLabel s : last.subList(0, Math.min(MOST_SUSPECTS, last.size()))) {
      json.addArray()
          .add(s.index())
          .add(s.given())
          .add(s.sitsWith())
          .add(finite(s.margin()))
          .add(finite(s.distanceRatio()));
    }
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  private static void theory(ArrayNode json, List<TheoryCurve> curves) {
    for (TheoryCurve curve : curves) {
      ObjectNode object = json.addObject().put("label", curve.label());
      ArrayNode points = object.putArray("points");
      for (TheoryCurve.Point p : curve.points()) {
        points
            .addArray()
            .add(finite(p.noiseRate()))
            .add(finite(p.memorizationFraction()))
            .add(finite(p.memorizationRelative()))
            .add(finite(p.dilation()));
      }
    }
  }

  private static String float32(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static <T> String float64(List<T> of, ToDoubleFunction<T> value) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * of.size()).order(ByteOrder.LITTLE_ENDIAN);
    of.forEach(o -> bytes.putDouble(value.applyAsDouble(o)));
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
