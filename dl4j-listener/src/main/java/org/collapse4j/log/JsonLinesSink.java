package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Path;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Appends one JSON object an observation to a file, each on a line of its own:
 *
 * <pre>{@code
 * {"schema":1,"run":"a","epoch":3,"iteration":237,"split":"heldout","layer":"output",
 *  "metrics":{"nc1.pinv":0.25,"nc5.orthogonality":null},"classes":{"nc1.cdnv":[0.1,0.2]}}
 * }</pre>
 *
 * {@code metrics} is from key to number, or null where undefined; {@code classes} has an element
 * for each class. An existing file is continued.
 */
public final class JsonLinesSink implements MetricSink {
  /** The version of the form of a line, its member {@code schema}. */
  public static final int SCHEMA = 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final AppendOnlyFile file;

  /**
   * A sink to a file.
   *
   * @param file created, with its folders, at the first observation; continued if it exists
   */
  public JsonLinesSink(Path file) {
    this.file = new AppendOnlyFile(file);
  }

  @Override
  public void write(Observation observation) throws IOException {
    file.append(JSON.writeValueAsString(toJson(observation)));
  }

  private static ObjectNode toJson(Observation observation) {
    ObjectNode line = JSON.createObjectNode();
    line.put("schema", SCHEMA);
    line.put("run", observation.run());
    line.put("epoch", observation.epoch());
    line.put("iteration", observation.iteration());
    line.put("split", observation.split());
    line.put("layer", observation.layer());
    Measurements values = observation.measurements();
    ObjectNode metrics = line.putObject("metrics");
    for (Metric metric : values.metrics()) {
      double value = values.value(metric);
      metrics.put(metric.key(), Double.isFinite(value) ? (Double) value : null);
    }
    ObjectNode classes = line.putObject("classes");
    for (Metric metric : values.classMetrics()) {
      ArrayNode perClass = classes.putArray(metric.key());
      for (double value : values.classValues(metric)) {
        perClass.add(Double.isFinite(value) ? (Double) value : null);
      }
    }
    return line;
  }
}
