package org.collapse4j.log;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.metric.ClassPair;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;
import org.nd4j.shade.jackson.annotation.JsonFormat;
import org.nd4j.shade.jackson.annotation.JsonIgnoreProperties;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.MapperFeature;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.ObjectReader;
import org.nd4j.shade.jackson.databind.exc.MismatchedInputException;
import org.nd4j.shade.jackson.databind.json.JsonMapper;

/**
 * An {@link Observation} as a JSON object and back: the form of a line of {@link JsonLinesSink}.
 */
final class ObservationJson {
  /** How every line starts, so that one which was torn is known from one that is something else. */
  static final String START = "{\"schema\":";

  private static final ObjectMapper JSON = mapper();
  private static final ObjectReader WHOLE_LINES = JSON.readerFor(Line.class);
  private static final ObjectReader NUMBERS =
      mapper().addMixIn(Line.class, NumbersOnly.class).readerFor(Line.class);

  private ObservationJson() {}

  /** The members that are passed over where only numbers of all examples are asked for. */
  @JsonIgnoreProperties({"classes", "pairs", "plane", "suspects"})
  private interface NumbersOnly {}

  /** The members of a line, in their order. */
  private record Line(
      int schema,
      @JsonProperty(required = true) String run,
      @JsonProperty(required = true) long epoch,
      @JsonProperty(required = true) long iteration,
      @JsonInclude(JsonInclude.Include.NON_NULL) String time,
      @JsonInclude(JsonInclude.Include.NON_NULL) String started,
      @JsonProperty(required = true) String split,
      @JsonProperty(required = true) String layer,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> parameters,
      @JsonProperty(required = true) Map<String, Double> metrics,
      Map<String, List<Double>> classes,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, List<ClassPair>> pairs,
      @JsonInclude(JsonInclude.Include.NON_NULL) FeaturePlane plane,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Suspect> suspects) {

    static Line of(Observation observation) {
      Measurements values = observation.measurements();
      return new Line(
          JsonLinesSink.SCHEMA,
          observation.run(),
          observation.epoch(),
          observation.iteration(),
          observation.time().map(Instant::toString).orElse(null),
          observation.started().map(Instant::toString).orElse(null),
          observation.split(),
          observation.layer(),
          observation.parameters(),
          byKey(values.metrics(), values::value),
          byKey(values.classMetrics(), m -> Arrays.stream(values.classValues(m)).boxed().toList()),
          byKey(values.pairMetrics(), values::pairs),
          observation.examples().plane().orElse(null),
          observation.examples().suspects().stream().map(Suspect::of).toList());
    }

    private static <T> Map<String, T> byKey(
        Collection<Metric> metrics, Function<Metric, T> valueOf) {
      Map<String, T> byKey = new LinkedHashMap<>();
      metrics.forEach(metric -> byKey.put(metric.key(), valueOf.apply(metric)));
      return byKey;
    }

    Observation observation(Consumer<String> unknown) {
      Measurements.Builder values = Measurements.builder();
      forEachKnown(metrics, unknown, values::put);
      forEachKnown(
          classes,
          unknown,
          (metric, perClass) ->
              values.putClassValues(
                  metric, withoutNulls(perClass).mapToDouble(Double::doubleValue).toArray()));
      forEachKnown(
          pairs, unknown, (metric, worst) -> values.putPairs(metric, withoutNulls(worst).toList()));
      return new Observation(
          run,
          Math.toIntExact(epoch),
          iteration,
          split,
          layer,
          values.build(),
          parameters == null ? Map.of() : parameters,
          new Examples(
              Optional.ofNullable(plane), withoutNulls(suspects).map(Suspect::label).toList()),
          instant("time", time),
          instant("started", started));
    }

    private static Optional<Instant> instant(String member, String text) {
      try {
        return Optional.ofNullable(text).map(Instant::parse);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(
            "its member \"%s\" must be a time such as 2023-05-01T12:00:00Z, not \"%s\""
                .formatted(member, text),
            e);
      }
    }

    private static <T> Stream<T> withoutNulls(List<T> list) {
      return list == null ? Stream.empty() : list.stream().filter(Objects::nonNull);
    }

    private static <T> void forEachKnown(
        Map<String, T> byKey, Consumer<String> unknown, BiConsumer<Metric, T> taken) {
      if (byKey != null) {
        byKey.forEach(
            (key, value) ->
                Metric.withKey(key)
                    .ifPresentOrElse(
                        metric -> taken.accept(metric, value), () -> unknown.accept(key)));
      }
    }
  }

  /** A {@link SuspectLabel}, whose index is that of its example. */
  private record Suspect(
      long example, int given, int sitsWith, double margin, double distanceRatio, int epochs) {

    static Suspect of(SuspectLabel label) {
      return new Suspect(
          label.index(),
          label.given(),
          label.sitsWith(),
          label.margin(),
          label.distanceRatio(),
          label.epochs());
    }

    SuspectLabel label() {
      return new SuspectLabel(example, given, sitsWith, margin, distanceRatio, epochs);
    }
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper =
        JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new JsonNumbers())
            .build();
    for (Class<?> array :
        List.of(
            ClassPair.class,
            FeaturePlane.Example.class,
            FeaturePlane.Centre.class,
            FeaturePlane.ClassifierRow.class)) {
      mapper.configOverride(array).setFormat(JsonFormat.Value.forShape(JsonFormat.Shape.ARRAY));
    }
    return mapper;
  }

  /** The line of an observation, without its end. */
  static String write(Observation observation) throws JsonProcessingException {
    return JSON.writeValueAsString(Line.of(observation));
  }

  /**
   * The observation of a line of the present version that is as it should be, read in one go.
   *
   * @param details whether to tell of classes, pairs of them, and examples too
   * @param unknown as in {@link #read}
   * @return empty if something is not so: what, is to be asked of {@link #parse} and {@link #read}
   */
  static Optional<Observation> readAtOnce(byte[] line, boolean details, Consumer<String> unknown) {
    try {
      Line members = (details ? WHOLE_LINES : NUMBERS).readValue(line);
      return members == null || members.schema() != JsonLinesSink.SCHEMA
          ? Optional.empty()
          : Optional.of(members.observation(unknown));
    } catch (IOException | ArithmeticException | IllegalArgumentException wrong) {
      return Optional.empty();
    }
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
    try {
      return JSON.treeToValue(line, Line.class).observation(unknown);
    } catch (JsonMappingException e) {
      throw new IllegalArgumentException(explained(line, e), e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  private static String explained(JsonNode line, JsonMappingException failure) {
    StringBuilder member = new StringBuilder();
    JsonNode value = line;
    for (JsonMappingException.Reference part : failure.getPath()) {
      boolean named = part.getFieldName() != null;
      member.append(
          named
              ? (member.isEmpty() ? "" : ".") + part.getFieldName()
              : "[" + part.getIndex() + "]");
      value = named ? value.path(part.getFieldName()) : value.path(part.getIndex());
    }
    return failure instanceof MismatchedInputException mismatch
        ? "its member \""
            + member
            + "\" must be "
            + kind(mismatch.getTargetType())
            + ", not "
            + shown(value)
        : "its member \"" + member + "\" is wrong: " + failure.getOriginalMessage();
  }

  private static String kind(Class<?> type) {
    if (type == Long.class || type == long.class || type == int.class) {
      return "a whole number";
    } else if (type == Double.class) {
      return "a number or null";
    } else if (type == String.class) {
      return "a text";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "missing" : value.toString();
  }
}
