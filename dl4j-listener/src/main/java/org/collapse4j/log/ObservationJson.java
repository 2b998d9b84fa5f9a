package org.collapse4j.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.collapse4j.metric.ClassPair;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * An {@link Observation} as a JSON object and back: the form of a line of {@link JsonLinesSink}.
 */
final class ObservationJson {
  /** How every line starts, so that one which was torn is known from one that is something else. */
  static final String START = "{\"schema\":";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ObservationJson() {}

  /** The line of an observation, without its end. */
  static String write(Observation observation) throws JsonProcessingException {
    ObjectNode line = JSON.createObjectNode();
    line.put("schema", JsonLinesSink.SCHEMA);
    line.put("run", observation.run());
    line.put("epoch", observation.epoch());
    line.put("iteration", observation.iteration());
    line.put("split", observation.split());
    line.put("layer", observation.layer());
    if (!observation.parameters().isEmpty()) {
      observation.parameters().forEach(line.putObject("parameters")::put);
    }
    Measurements values = observation.measurements();
    ObjectNode metrics = line.putObject("metrics");
    for (Metric metric : values.metrics()) {
      metrics.put(metric.key(), orNull(values.value(metric)));
    }
    ObjectNode classes = line.putObject("classes");
    for (Metric metric : values.classMetrics()) {
      ArrayNode perClass = classes.putArray(metric.key());
      Arrays.stream(values.classValues(metric)).forEach(value -> perClass.add(orNull(value)));
    }
    if (!values.pairMetrics().isEmpty()) {
      ObjectNode pairs = line.putObject("pairs");
      for (Metric metric : values.pairMetrics()) {
        ArrayNode ofMetric = pairs.putArray(metric.key());
        for (ClassPair pair : values.pairs(metric)) {
          ofMetric.addArray().add(pair.first()).add(pair.second()).add(orNull(pair.value()));
        }
      }
    }
    ExamplesJson.write(line, observation.examples());
    return JSON.writeValueAsString(line);
  }

  private static Double orNull(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  /** The JSON of a line, if it is a whole object. */
  static Optional<JsonNode> parse(String line) {
    try {
      return Optional.of(JSON.readTree(line)).filter(JsonNode::isObject);
    } catch (JsonProcessingException torn) {
      return Optional.empty();
    }
  }

  /** The version of a line's form; 0 if it says none. */
  static int schema(JsonNode line) {
    return line.path("schema").asInt(0);
  }

  /**
   * The observation of a line.
   *
   * @param unknown is told the key of each metric that this version does not know
   * @throws IllegalArgumentException if a member is missing or of the wrong kind
   */
  static Observation read(JsonNode line, Consumer<String> unknown) {
    Measurements.Builder values = Measurements.builder();
    forEachMetric(line, "metrics", unknown, (metric, v) -> values.put(metric, number(metric, v)));
    forEachMetric(
        line,
        "classes",
        unknown,
        (metric, v) -> values.putClassValues(metric, perClass(metric, v)));
    forEachMetric(line, "pairs", unknown, (metric, v) -> values.putPairs(metric, pairs(metric, v)));
    return new Observation(
        text(line, "run"),
        Math.toIntExact(whole(line, "epoch")),
        whole(line, "iteration"),
        text(line, "split"),
        text(line, "layer"),
        values.build(),
        parameters(line),
        ExamplesJson.read(line));
  }

  private static String text(JsonNode line, String member) {
    return member(line, member, "a text", JsonNode::isTextual).asText();
  }

  private static long whole(JsonNode line, String member) {
    return member(line, member, "a whole number", JsonNode::canConvertToExactIntegral).asLong();
  }

  private static JsonNode member(
      JsonNode line, String member, String kind, Predicate<JsonNode> isOfKind) {
    JsonNode value = line.path(member);
    if (!isOfKind.test(value)) {
      throw new IllegalArgumentException(
          "its member \"" + member + "\" must be " + kind + ", not " + shown(value));
    }
    return value;
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "missing" : value.toString();
  }

  private static Map<String, String> parameters(JsonNode line) {
    Map<String, String> parameters = new LinkedHashMap<>();
    Iterator<Map.Entry<String, JsonNode>> members = line.path("parameters").fields();
    members.forEachRemaining(m -> parameters.put(m.getKey(), m.getValue().asText()));
    return parameters;
  }

  private static void forEachMetric(
      JsonNode line, String member, Consumer<String> unknown, MetricConsumer consumer) {
    JsonNode object =
        line.has(member) || member.equals("metrics")
            ? member(line, member, "an object", JsonNode::isObject)
            : JSON.createObjectNode();
    object
        .fields()
        .forEachRemaining(
            entry -> {
              Optional<Metric> metric = Metric.withKey(entry.getKey());
              if (metric.isPresent()) {
                consumer.accept(metric.get(), entry.getValue());
              } else {
                unknown.accept(entry.getKey());
              }
            });
  }

  private static double number(Metric metric, JsonNode value) {
    if (!value.isNumber() && !value.isNull()) {
      throw new IllegalArgumentException(
          "its value of " + metric + " must be a number or null, not " + value);
    }
    return value.isNull() ? Double.NaN : value.asDouble();
  }

  private static double[] perClass(Metric metric, JsonNode values) {
    double[] perClass = new double[values.size()];
    for (int c = 0; c < perClass.length; c++) {
      perClass[c] = number(metric, values.get(c));
    }
    return perClass;
  }

  private static List<ClassPair> pairs(Metric metric, JsonNode values) {
    List<ClassPair> pairs = new ArrayList<>();
    for (JsonNode pair : values) {
      pairs.add(
          new ClassPair(pair.path(0).asInt(), pair.path(1).asInt(), number(metric, pair.path(2))));
    }
    return pairs;
  }

  /** What is done with a metric's value. */
  @FunctionalInterface
  private interface MetricConsumer {
    void accept(Metric metric, JsonNode value);
  }
}
