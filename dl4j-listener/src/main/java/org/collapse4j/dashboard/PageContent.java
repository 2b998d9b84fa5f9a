package org.collapse4j.dashboard;

import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * What the page draws, in the form of its JSON. Numbers that are undefined are null. Lists of many
 * numbers are text, see {@link Column}.
 *
 * @param axis what moments are, "epoch" or "iteration"
 * @param across what the picture of dilation has across at first; null leaves it to the page
 * @param thinned whether observations were left out
 * @param withoutDetails how many runs have no classes, planes and suspects, to keep the page small
 * @param parameters those in which all runs agree, if there are several
 * @param metrics the vocabulary
 * @param verdict of all runs together
 * @param runs each by itself
 * @param theory curves behind the picture of dilation
 * @param notes to the reader
 */
record PageContent(
    String axis,
    String across,
    boolean thinned,
    int withoutDetails,
    Map<String, String> parameters,
    List<MetricText> metrics,
    List<VerdictText> verdict,
    List<Run> runs,
    List<Curve> theory,
    List<String> notes) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("Records of text and numbers are JSON", impossible);
    }
  }

  record MetricText(String key, String meaning, Double ideal, String source) {}

  record VerdictText(String topic, String tone, String text) {}

  /**
   * A run.
   *
   * @param parameters in which not all runs agree
   * @param group the same number for runs that differ by seed only
   * @param times null if they are not known
   * @param training the index of the series of the training data, or -1
   * @param heldOut the index of the series of the held-out data, or -1
   * @param suspects index, given class, class it sits with, margin and distance ratio of each
   */
  record Run(
      String name,
      Map<String, String> parameters,
      int group,
      String loss,
      Double noise,
      int training,
      int heldOut,
      Times times,
      List<VerdictText> verdict,
      List<Series> series,
      List<List<Number>> suspects) {}

  /** Moments of a run, and the seconds of training before each; those between lie between. */
  record Times(Object x, String seconds) {}

  /**
   * The observations of a split at a layer.
   *
   * @param x the moments
   * @param iterations beside x, or null where x are iterations
   * @param values of each metric beside x, by its index in the vocabulary
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Series(
      String split,
      String layer,
      Object x,
      Object iterations,
      Map<Integer, Object> values,
      Classes classes,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Plane> planes) {}

  /**
   * Values by class.
   *
   * @param count of the classes
   * @param values of each metric, a row of the count a moment
   * @param pairs of each moment: two classes and their value
   */
  record Classes(Object x, int count, Map<String, String> values, List<List<List<Number>>> pairs) {}

  /** Examples in a layer of width two: x and y of each in turn, and their labels. */
  record Plane(
      double x,
      String features,
      List<Integer> given,
      List<Integer> clean,
      List<List<Double>> centres,
      List<List<Double>> classifier) {}

  /** Noise rate, memorization.fraction, memorization.relative and dilation of each point. */
  record Curve(String label, List<List<Double>> points) {}
}
