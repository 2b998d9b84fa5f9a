package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.collapse4j.evaluation.FeaturePlane;

/**
 * Appends one JSON object an observation to a file, each on a line of its own:
 *
 * <pre>{@code
 * {"schema":1,"run":"a","epoch":3,"iteration":237,"time":"2023-05-01T12:00:31.5Z",
 *  "started":"2023-05-01T12:00:00Z","split":"heldout","layer":"output",
 *  "parameters":{"loss":"cross-entropy","seed":"1"},
 *  "metrics":{"nc1.pinv":0.25,"nc5.orthogonality":null},"classes":{"nc1.cdnv":[0.1,0.2]}}
 * }</pre>
 *
 * {@code metrics} is from key to number, or null where undefined; {@code classes} has an element
 * for each class; {@code parameters} is absent where none are known, and so are {@code time}, when
 * it was observed, and {@code started}, when its training began (ISO 8601, UTC). Where there is
 * something to tell there are more members:
 *
 * <ul>
 *   <li>{@code "pairs":{"nc1.cdnv":[[3,5,0.7],..]}}: two classes and their value, the highest first
 *       ({@link org.collapse4j.metric.Measurements#pairs}).
 *   <li>{@code "plane":{"examples":[[x,y,given,clean],..],"centres":[[x,y],null,..],
 *       "classifier":[[weight,weight,bias],..]}}: features of a layer of width two ({@link
 *       FeaturePlane}).
 *   <li>{@code "suspects":[{"example":17,"given":3,"sitsWith":5,"margin":-1.2,"distanceRatio":2.1,
 *       "epochs":30},..]}: examples whose label is probably wrong ({@link
 *       org.collapse4j.noise.SuspectLabel}).
 * </ul>
 *
 * <p>Members may be added without a change of {@code schema}: a reader passes over those it does
 * not know. An existing file is continued. {@link MetricLog} reads it back.
 */
public final class JsonLinesSink extends SerialSink {
  /** The version of the form of a line, its member {@code schema}. */
  public static final int SCHEMA = 1;

  private final AppendOnlyFile file;

  /**
   * A sink to a file.
   *
   * @param file created, with its folders, at the first observation; continued if it exists
   */
  public JsonLinesSink(Path file) {
    this.file = new AppendOnlyFile(file, new Lines());
  }

  @Override
  protected void put(Observation observation) throws IOException {
    putAll(List.of(observation));
  }

  @Override
  protected void putAll(List<Observation> moment) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Observation observation : moment) {
      lines.add(ObservationJson.write(observation));
    }
    file.append(lines);
  }

  /** Lines of JSON without a header. */
  static final class Lines implements AppendOnlyFile.Form {
    @Override
    public String header() {
      return "";
    }

    @Override
    public boolean quotesLineBreaks() {
      return false;
    }

    /** Whether it is the start of a line of ours: what others wrote is not to be removed. */
    @Override
    public boolean isTorn(String end) {
      return ObservationJson.START.startsWith(end)
          || (end.startsWith(ObservationJson.START) && ObservationJson.parse(end).isEmpty());
    }
  }
}
