package org.collapse4j.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.noise.SuspectLabel;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** The members of a line that tell of single examples; absent where there is nothing to tell. */
final class ExamplesJson {
  private ExamplesJson() {}

  static void write(ObjectNode line, Examples examples) {
    examples.plane().ifPresent(plane -> write(line.putObject("plane"), plane));
    if (!examples.suspects().isEmpty()) {
      ArrayNode suspects = line.putArray("suspects");
      examples.suspects().forEach(suspect -> write(suspects.addObject(), suspect));
    }
  }

  private static void write(ObjectNode json, FeaturePlane plane) {
    ArrayNode examples = json.putArray("examples");
    for (FeaturePlane.Example e : plane.examples()) {
      examples.addArray().add(e.x()).add(e.y()).add(e.given()).add(e.clean());
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
    for (FeaturePlane.ClassifierRow row : plane.classifier()) {
      classifier.addArray().add(row.x()).add(row.y()).add(row.bias());
    }
  }

  private static void write(ObjectNode json, SuspectLabel suspect) {
    json.put("example", suspect.index());
    json.put("given", suspect.given());
    json.put("sitsWith", suspect.sitsWith());
    json.put("margin", orNull(suspect.margin()));
    json.put("distanceRatio", orNull(suspect.distanceRatio()));
    json.put("epochs", suspect.epochs());
  }

  private static Double orNull(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  static Examples read(JsonNode line) {
    if (!line.has("plane") && !line.has("suspects")) {
      return Examples.none();
    }
    return new Examples(
        Optional.ofNullable(line.get("plane")).map(ExamplesJson::plane),
        list(line.path("suspects"), ExamplesJson::suspect));
  }

  private static FeaturePlane plane(JsonNode json) {
    return new FeaturePlane(
        list(
            json.path("examples"),
            e ->
                new FeaturePlane.Example(
                    number(e.path(0)), number(e.path(1)), e.path(2).asInt(), e.path(3).asInt())),
        list(
            json.path("centres"),
            c -> c.isNull() ? null : new FeaturePlane.Centre(number(c.path(0)), number(c.path(1)))),
        list(
            json.path("classifier"),
            r ->
                new FeaturePlane.ClassifierRow(
                    number(r.path(0)), number(r.path(1)), number(r.path(2)))));
  }

  private static SuspectLabel suspect(JsonNode json) {
    return new SuspectLabel(
        json.path("example").asLong(),
        json.path("given").asInt(),
        json.path("sitsWith").asInt(),
        number(json.path("margin")),
        number(json.path("distanceRatio")),
        json.path("epochs").asInt());
  }

  private static double number(JsonNode value) {
    return value.asDouble(Double.NaN);
  }

  private static <T> List<T> list(JsonNode array, Function<JsonNode, T> element) {
    List<T> list = new ArrayList<>();
    array.forEach(e -> list.add(element.apply(e)));
    return list;
  }
}
