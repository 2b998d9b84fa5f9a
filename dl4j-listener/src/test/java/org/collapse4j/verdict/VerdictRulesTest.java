package org.collapse4j.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.collapse4j.dashboard.Runs;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictRulesTest {
  /** The verdicts of a run of one metric, with one more at its last epoch. */
  private static List<Verdict> of(String split, Metric metric, double... values) {
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      observations.add(Runs.observation("a", i + 1, split, Map.of(metric, values[i]), Map.of()));
    }
    return ofOne(observations);
  }

  private static List<Verdict> ofOne(List<Observation> observations) {
    return VerdictRules.ofRun(RunHistory.of(observations).get(0));
  }

  private static List<Verdict> verdict(Topic topic, Tone tone, String text) {
    return List.of(new Verdict(topic, tone, text));
  }

  @Test
  void collapsedNeedsBothSmallSpreadAndAgreement() {
    Map<Metric, Double> both = Map.of(Metric.NC1_CDNV, 0.01, Metric.NC4_MISMATCH, 0.01);
    assertEquals(
        verdict(Topic.COLLAPSE, Tone.GOOD, "Classes have collapsed on training data (cdnv 0.010)"),
        ofOne(List.of(Runs.observation("a", 1, "train", both, Map.of()))));
    Map<Metric, Double> spread = Map.of(Metric.NC1_CDNV, 0.011, Metric.NC4_MISMATCH, 0.0);
    assertEquals(
        verdict(
            Topic.COLLAPSE,
            Tone.NEUTRAL,
            "Classes are not collapsing on training data: cdnv 0.011, 0.011 at epoch 1"),
        ofOne(List.of(Runs.observation("a", 1, "train", spread, Map.of()))));
    Map<Metric, Double> disagrees = Map.of(Metric.NC1_CDNV, 0.01, Metric.NC4_MISMATCH, 0.02);
    assertEquals(
        Tone.NEUTRAL,
        ofOne(List.of(Runs.observation("a", 1, "train", disagrees, Map.of()))).get(0).tone());
  }

  @Test
  void collapsingIsHalfOfTheFirstValueAndApartAgainTwiceTheLowest() {
    assertEquals(
        verdict(
            Topic.COLLAPSE,
            Tone.GOOD,
            "Classes are collapsing on training data: cdnv 0.40, 0.80 at epoch 1"),
        of("train", Metric.NC1_CDNV, 0.8, 0.6, 0.4));
    assertEquals(
        verdict(
            Topic.COLLAPSE,
            Tone.NEUTRAL,
            "Classes are not collapsing on training data: cdnv 0.41, 0.80 at epoch 1"),
        of("train", Metric.NC1_CDNV, 0.8, 0.41));
    assertEquals(
        verdict(
            Topic.COLLAPSE,
            Tone.WARNING,
            "Classes are moving apart again on training data: cdnv 0.20, 0.10 at epoch 2"),
        of("train", Metric.NC1_CDNV, 0.8, 0.1, 0.2));
  }

  @Test
  void theStreamIsTheTrainingDataWhereItWasNotProbed() {
    assertEquals(1, of("stream", Metric.NC1_CDNV, 0.8, 0.4).size());
    assertEquals(0, of("heldout", Metric.NC1_CDNV, 0.8, 0.4).size());
  }

  @ParameterizedTest
  @CsvSource({"0.83,BAD,83%", "0.5,BAD,50%", "0.49,WARNING,49%", "0.1,WARNING,10%", "0.09,GOOD,9%"})
  void memorized(double fitted, Tone tone, String percent) {
    assertEquals(
        verdict(Topic.MEMORIZATION, tone, percent + " of wrong labels are memorized"),
        of("train", Metric.MEMORIZATION_FITTED, 1, fitted));
    assertEquals(
        verdict(
            Topic.MEMORIZATION,
            tone,
            "Wrongly labelled examples have moved " + percent + " of the way to their wrong class"),
        of("train", Metric.MEMORIZATION_FRACTION, 1, fitted));
  }

  @Test
  void withoutNoiseThereIsNothingToMemorize() {
    assertEquals(
        verdict(Topic.MEMORIZATION, Tone.NEUTRAL, "No training label is known to be wrong"),
        of("train", Metric.NOISE_RATE, 0));
  }

  @Test
  void dilationIsToldAgainstItsTightestEpoch() {
    assertEquals(
        verdict(
            Topic.DILATION,
            Tone.BAD,
            "Held-out classes are 2.1 times as spread as at epoch 2 (r/D 0.42, 0.20 then)"),
        of("heldout", Metric.DILATION_RELATIVE, 0.5, 0.2, 0.42));
    assertEquals(Tone.BAD, of("heldout", Metric.DILATION_RELATIVE, 0.5, 0.75).get(0).tone());
    assertEquals(Tone.WARNING, of("heldout", Metric.DILATION_RELATIVE, 1, 1.05).get(0).tone());
    assertEquals(
        verdict(
            Topic.DILATION,
            Tone.GOOD,
            "Held-out classes are as tight as they have been (r/D 0.21)"),
        of("heldout", Metric.DILATION_RELATIVE, 0.5, 0.205, 0.21));
  }

  @Test
  void accuracyIsToldAgainstItsBest() {
    assertEquals(
        verdict(Topic.ACCURACY, Tone.GOOD, "Held-out accuracy is 89.5%, at its best"),
        of("heldout", Metric.ACCURACY, 0.9, 0.895));
    assertEquals(
        verdict(
            Topic.ACCURACY,
            Tone.WARNING,
            "Held-out accuracy is 87.0%, 3.0 points below its best at epoch 1"),
        of("heldout", Metric.ACCURACY, 0.9, 0.87));
    assertEquals(Tone.BAD, of("heldout", Metric.ACCURACY, 0.9, 0.84).get(0).tone());
  }

  @ParameterizedTest
  @CsvSource({"0.1,BAD,10.0", "0.05,WARNING,5.0", "0.049,GOOD,4.9"})
  void calibration(double ece, Tone tone, String points) {
    assertEquals(
        verdict(Topic.CALIBRATION, tone, "Held-out confidence is off by " + points + " points"),
        of("heldout", Metric.ECE, ece));
  }

  @Test
  void featuresThatAreNotFiniteAreTold() {
    assertEquals(
        verdict(Topic.TROUBLE, Tone.BAD, "3 examples have a NaN or infinite feature"),
        of("train", Metric.EXAMPLES_NONFINITE, 3));
    assertEquals(List.of(), of("train", Metric.EXAMPLES_NONFINITE, 0));
  }

  @Test
  void undefinedValuesSayNothing() {
    assertEquals(List.of(), of("train", Metric.NC1_CDNV, Double.NaN));
    assertEquals(List.of(), of("heldout", Metric.DILATION_RELATIVE, Double.NaN));
  }

  private static Observation dilated(
      String run, int epoch, String loss, double noise, double value) {
    return Runs.observation(
        run, epoch, "heldout", Map.of(Metric.DILATION_RELATIVE, value), Runs.about(loss, noise, 1));
  }

  private static String first(List<Observation> observations) {
    return VerdictRules.ofRuns(RunHistory.of(observations)).get(0).text();
  }

  @Test
  void lossesAreComparedAtTheHighestNoiseTheyShareAndTheEpochAllHaveReached() {
    List<Observation> observations =
        List.of(
            dilated("a", 1, "cross-entropy", 0.4, 0.4),
            dilated("a", 2, "cross-entropy", 0.4, 9),
            dilated("b", 1, "cross-entropy", 0.4, 0.6),
            dilated("c", 1, "label-smoothing", 0.4, 0.25),
            dilated("d", 1, "cross-entropy", 0.6, 5),
            dilated("e", 1, "cross-entropy", 0.2, 1),
            dilated("f", 1, "label-smoothing", 0.2, 2));
    assertEquals(
        "With 40% wrong labels held-out classes are least dilated under label-smoothing, most under"
            + " cross-entropy: r/D 0.25 against 0.50 at epoch 1",
        first(observations));
  }

  @Test
  void lossesLessThanFivePercentApartAreNotToldApart() {
    assertEquals(
        "With 40% wrong labels no loss dilates held-out classes less than another: r/D 0.50 to 0.52"
            + " at epoch 1",
        first(
            List.of(
                dilated("a", 1, "cross-entropy", 0.4, 0.52),
                dilated("b", 1, "label-smoothing", 0.4, 0.5))));
  }

  @Test
  void severalRunsAreToldTogetherAndOneIsNot() {
    List<Observation> a = Runs.complete("a", 5, Map.of());
    List<Observation> both = new ArrayList<>(a);
    both.addAll(Runs.complete("b", 9, Map.of()));
    assertEquals(List.of(), VerdictRules.ofRuns(RunHistory.of(a)));
    assertEquals(
        List.of(
            "Classes have collapsed on training data in 2 of 2 runs",
            "83% of wrong labels are memorized",
            "The radius of held-out classes is 130% of the distance between them"),
        VerdictRules.ofRuns(RunHistory.of(both)).stream().map(Verdict::text).toList());
  }
}
