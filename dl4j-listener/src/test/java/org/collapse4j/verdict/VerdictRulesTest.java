package org.collapse4j.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.collapse4j.dashboard.Runs;
import org.collapse4j.log.Examples;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.verdict.Verdict.Direction;
import org.collapse4j.verdict.Verdict.Evidence;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictRulesTest {
  /** Everything about a network of ten classes whose conditions hold by a little. */
  private static final Map<Metric, Double> COLLAPSED =
      Map.of(
          Metric.CLASSES_PRESENT, 10.0,
          Metric.EXAMPLES, 3000.0,
          Metric.ACCURACY, 0.9997,
          Metric.NC1_PINV, 0.0115,
          Metric.NC2_ETF_MEANS, 0.098,
          Metric.NC3_DUALITY, 0.18,
          Metric.NC4_MISMATCH, 0.0);

  private static Map<Metric, Double> with(Map<Metric, Double> values, Metric metric, double value) {
    Map<Metric, Double> changed = new EnumMap<>(Metric.class);
    changed.putAll(values);
    changed.put(metric, value);
    return changed;
  }

  private static Observation observation(int epoch, String split, Map<Metric, Double> values) {
    return Runs.observation("a", epoch, split, values, Map.of());
  }

  private static List<Verdict> of(Observation... observations) {
    return VerdictRules.ofRun(RunHistory.of(List.of(observations)).get(0));
  }

  /** The verdicts of a run of which one metric changes. */
  private static List<Verdict> series(
      String split, Map<Metric, Double> others, Metric metric, double... values) {
    Observation[] observations = new Observation[values.length];
    for (int i = 0; i < values.length; i++) {
      observations[i] = observation(i + 1, split, with(others, metric, values[i]));
    }
    return of(observations);
  }

  private static List<Verdict> about(Topic topic, List<Verdict> verdicts) {
    return verdicts.stream().filter(v -> v.topic() == topic).toList();
  }

  private static List<String> texts(List<Verdict> verdicts) {
    return verdicts.stream().map(Verdict::text).toList();
  }

  private static void assertSaid(Tone tone, String text, List<Verdict> verdicts) {
    assertTrue(
        verdicts.stream().anyMatch(v -> v.tone() == tone && v.text().equals(text)),
        verdicts::toString);
  }

  @Test
  void aDivergedRunIsSaidToBeOneAndNothingElse() {
    Map<Metric, Double> nothing = with(Map.of(Metric.EXAMPLES, 0.0), Metric.NOISE_RATE, Double.NaN);
    Observation[] observations = {
      observation(1, "train", COLLAPSED),
      observation(1, "heldout", COLLAPSED),
      observation(2, "train", with(nothing, Metric.EXAMPLES_NONFINITE, 3000)),
      observation(2, "heldout", with(nothing, Metric.EXAMPLES_NONFINITE, 2000))
    };
    assertEquals(
        List.of(
            new Verdict(
                Topic.TROUBLE,
                Tone.BAD,
                "Training has diverged: no example has finite features any more")),
        of(observations));
    RunHistory run = RunHistory.of(List.of(observations)).get(0);
    assertTrue(VerdictRules.hasDiverged(run));
    assertFalse(VerdictRules.hasDiverged(RunHistory.of(List.of(observations[0])).get(0)));
  }

  @ParameterizedTest
  @CsvSource({"0.094,true", "0.116,true", "0.117,false"})
  void nothingIsSaidOfCollapseOrMemorizationWhereTheNetworkGuesses(double accuracy, boolean guess) {
    // 1/10 and three standard errors of 3,000 examples are 0.1164.
    Map<Metric, Double> values = with(COLLAPSED, Metric.MEMORIZATION_FITTED, 0.1);
    List<Verdict> verdicts = of(observation(1, "train", with(values, Metric.ACCURACY, accuracy)));
    assertEquals(guess, about(Topic.COLLAPSE, verdicts).isEmpty(), verdicts::toString);
    assertEquals(guess, about(Topic.MEMORIZATION, verdicts).isEmpty());
    assertEquals(!guess, about(Topic.ACCURACY, verdicts).isEmpty());
  }

  @Test
  void guessingIsSaid() {
    assertSaid(
        Tone.WARNING,
        "Training accuracy is 9.4%, no better than guessing one of 10 classes",
        of(observation(1, "train", with(COLLAPSED, Metric.ACCURACY, 0.094))));
  }

  @Test
  void beforeTheTerminalPhaseItIsTooEarly() {
    List<Verdict> verdicts = of(observation(1, "train", with(COLLAPSED, Metric.ACCURACY, 0.9949)));
    assertEquals(
        List.of(
            "99.49% of training examples are right: too early to call collapse, which is judged"
                + " from 99.5% on (nc1.pinv 0.0115)"),
        texts(verdicts));
    assertEquals(Tone.NEUTRAL, verdicts.get(0).tone());
    assertEquals(
        Optional.of(new Evidence(Metric.NC1_PINV, 0.0115, Direction.UNKNOWN)),
        verdicts.get(0).evidence());
  }

  @Test
  void collapsedNeedsAllConditions() {
    assertEquals(
        List.of(
            new Verdict(
                Topic.COLLAPSE,
                Tone.GOOD,
                "Training classes have collapsed: NC1 (nc1.pinv 0.0115 <= 0.05), NC2 (nc2.etf.means"
                    + " 0.098 <= 0.2), NC3 (nc3.duality 0.18 <= 0.2) and NC4 (nc4.mismatch 0 <="
                    + " 0.01) hold",
                Optional.of(new Evidence(Metric.NC1_PINV, 0.0115, Direction.UNKNOWN)))),
        of(observation(1, "train", COLLAPSED)));
    assertSaid(
        Tone.NEUTRAL,
        "Training classes have collapsed in part: NC1 (nc1.pinv 0.0115 <= 0.05), NC2 (nc2.etf.means"
            + " 0.098 <= 0.2) and NC4 (nc4.mismatch 0 <= 0.01) hold, NC3 (nc3.duality 0.21 > 0.2)"
            + " does not",
        of(observation(1, "train", with(COLLAPSED, Metric.NC3_DUALITY, 0.21))));
  }

  @ParameterizedTest
  @CsvSource({
    "NC1_PINV,0.05,0.0501",
    "NC2_ETF_MEANS,0.2,0.201",
    "NC3_DUALITY,0.2,0.201",
    "NC4_MISMATCH,0.01,0.0101"
  })
  void thresholds(Metric metric, double holds, double doesNot) {
    assertEquals(
        Tone.GOOD, of(observation(1, "train", with(COLLAPSED, metric, holds))).get(0).tone());
    assertEquals(
        Tone.NEUTRAL, of(observation(1, "train", with(COLLAPSED, metric, doesNot))).get(0).tone());
  }

  @Test
  void noConditionIsNoCollapseAndOneThatIsUndefinedIsNotClaimed() {
    Map<Metric, Double> apart = with(with(COLLAPSED, Metric.NC1_PINV, 1), Metric.NC2_ETF_MEANS, 1);
    apart = with(with(apart, Metric.NC3_DUALITY, 1), Metric.NC4_MISMATCH, Double.NaN);
    assertSaid(
        Tone.NEUTRAL,
        "Training classes have not collapsed: NC1 (nc1.pinv 1 > 0.05), NC2 (nc2.etf.means 1 > 0.2)"
            + " and NC3 (nc3.duality 1 > 0.2) do not; NC4 cannot be told",
        of(observation(1, "train", apart)));
    assertEquals(
        Tone.NEUTRAL,
        of(observation(1, "train", with(COLLAPSED, Metric.NC4_MISMATCH, Double.NaN)))
            .get(0)
            .tone());
    assertEquals(
        List.of(), of(observation(1, "train", with(COLLAPSED, Metric.NC1_PINV, Double.NaN))));
    assertEquals(
        List.of(), of(observation(1, "train", with(COLLAPSED, Metric.ACCURACY, Double.NaN))));
  }

  @Test
  void whatHasBeenIsNotClaimedOfWhatIs() {
    Map<Metric, Double> undefined = with(COLLAPSED, Metric.NC1_PINV, Double.NaN);
    assertEquals(
        List.of(), of(observation(1, "train", COLLAPSED), observation(2, "train", undefined)));
  }

  @Test
  void twoClassesHaveNoSecondCondition() {
    Map<Metric, Double> two =
        with(with(COLLAPSED, Metric.CLASSES_PRESENT, 2), Metric.NC2_ETF_MEANS, 1e-16);
    assertSaid(
        Tone.GOOD,
        "Training classes have collapsed: NC1 (nc1.pinv 0.0115 <= 0.05), NC3 (nc3.duality 0.18 <="
            + " 0.2) and NC4 (nc4.mismatch 0 <= 0.01) hold; with two classes NC2 is zero by"
            + " definition, and not counted",
        of(observation(1, "train", two)));
    assertEquals(
        Tone.GOOD, of(observation(1, "train", with(two, Metric.NC2_ETF_MEANS, 1.0))).get(0).tone());
  }

  @Test
  void collapseOntoWrongLabelsIsNoMerit() {
    assertEquals(
        Tone.NEUTRAL,
        about(Topic.COLLAPSE, of(observation(1, "train", with(COLLAPSED, Metric.NOISE_RATE, 0.2))))
            .get(0)
            .tone());
    assertEquals(
        Tone.GOOD,
        about(Topic.COLLAPSE, of(observation(1, "train", with(COLLAPSED, Metric.NOISE_RATE, 0))))
            .get(0)
            .tone());
  }

  @Test
  void whichWayEachConditionGoes() {
    List<Verdict> verdicts =
        series(
            "train", COLLAPSED, Metric.NC1_PINV, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01);
    assertSaid(
        Tone.NEUTRAL,
        "Over the last 3 observations, from epoch 7 to 9, NC1 is falling, NC2, NC3 and NC4 are"
            + " steady",
        verdicts);
    assertSaid(
        Tone.WARNING,
        "Over the last 3 observations, from epoch 1 to 3, NC3 is rising, NC1, NC2 and NC4 are"
            + " steady",
        series("train", COLLAPSED, Metric.NC3_DUALITY, 0.05, 0.06, 0.07));
    assertEquals(
        1, series("train", COLLAPSED, Metric.NC1_PINV, 0.03, 0.01).size(), "two have no trend");
  }

  @Test
  void theStreamIsNotJudged() {
    List<Verdict> verdicts = of(observation(1, "stream", COLLAPSED));
    assertEquals(1, verdicts.size());
    assertEquals(Tone.NEUTRAL, verdicts.get(0).tone());
    assertTrue(verdicts.get(0).text().startsWith("Collapse is not judged from the stream"));
  }

  @Test
  void heldOutClassesFollowOrDoNot() {
    Observation training = observation(1, "train", COLLAPSED);
    assertSaid(
        Tone.NEUTRAL,
        "Held-out classes have not followed: nc1.pinv 0.471, 0.0115 on training data",
        of(training, observation(1, "heldout", with(COLLAPSED, Metric.NC1_PINV, 0.471))));
    assertSaid(
        Tone.GOOD,
        "Held-out classes have followed: nc1.pinv 0.04, 0.0115 on training data",
        of(training, observation(1, "heldout", with(COLLAPSED, Metric.NC1_PINV, 0.04))));
    Observation early = observation(1, "train", with(COLLAPSED, Metric.ACCURACY, 0.9));
    assertFalse(
        texts(of(early, observation(1, "heldout", COLLAPSED))).toString().contains("followed"));
  }

  @Test
  void howManyLabelsLookWrongComesFirstWhereItIsNotKnown() {
    Map<Metric, Double> estimated =
        with(with(COLLAPSED, Metric.SUSPECTS_COUNT, 937), Metric.SUSPECTS_SHARE, 937 / 3000.0);
    Verdict first = of(observation(1, "train", estimated)).get(0);
    assertEquals(Topic.LABELS, first.topic());
    assertEquals(Tone.WARNING, first.tone());
    assertEquals("About 937 of 3,000 labels look wrong", first.text());
    List<Verdict> known = of(observation(1, "train", with(estimated, Metric.NOISE_RATE, 0.3)));
    assertEquals(Topic.COLLAPSE, known.get(0).topic());
    assertSaid(Tone.WARNING, "About 937 of 3,000 labels look wrong; 900 are known to be", known);
    Map<Metric, Double> none =
        with(with(COLLAPSED, Metric.SUSPECTS_COUNT, 0), Metric.SUSPECTS_SHARE, 0);
    Map<Metric, Double> chance =
        with(with(COLLAPSED, Metric.SUSPECTS_COUNT, 9), Metric.SUSPECTS_SHARE, 0.1);
    assertSaid(
        Tone.NEUTRAL, "About 9 of 90 labels look wrong", of(observation(1, "train", chance)));
    List<Verdict> few = of(observation(1, "train", none));
    assertSaid(Tone.NEUTRAL, "No label looks wrong", few);
    assertEquals(Topic.COLLAPSE, few.get(0).topic());
  }

  @ParameterizedTest
  @CsvSource({
    "0.18,WARNING,0.3;0.05;0.1,; 10% of them are memorized",
    "0.18,WARNING,0.3;0.1;0.16;0.31,'; 31% of them are memorized, since epoch 3'",
    "0.18,BAD,0.1;0.2;0.94,'; 94% of them are memorized, since epoch 2'",
    "0.04,NEUTRAL,0.9;0.9,'; 90% of them are memorized, since epoch 1'",
  })
  void howManyOfTheLabelsThatLookWrongAreMemorizedAndSinceWhen(
      double share, Tone tone, String estimates, String said) {
    Map<Metric, Double> counted =
        with(with(COLLAPSED, Metric.SUSPECTS_COUNT, share * 10_000), Metric.SUSPECTS_SHARE, share);
    double[] values = Stream.of(estimates.split(";")).mapToDouble(Double::parseDouble).toArray();
    List<Verdict> verdicts = series("train", counted, Metric.MEMORIZATION_ESTIMATED, values);
    assertSaid(
        tone,
        String.format(Locale.ROOT, "About %,.0f of 10,000 labels look wrong", share * 10_000)
            + said,
        verdicts);
    assertTrue(
        verdicts.stream().noneMatch(v -> v.topic() == Topic.MEMORIZATION), "it is said once");
  }

  @Test
  void aLogWithoutTheEstimateTellsOfThoseItLists() {
    Observation listed =
        observation(1, "train", COLLAPSED)
            .withExamples(
                Examples.of(
                    List.of(
                        new SuspectLabel(17, 0, 2, -1.5, 2.25, 5),
                        new SuspectLabel(4, 1, 0, -1.25, 2, 5))));
    assertEquals("At least 2 labels look wrong", of(listed).get(0).text());
  }

  @ParameterizedTest
  @CsvSource({
    "0.83,0.1,BAD,83%,10%",
    "0.5,0.1,BAD,50%,10%",
    "0.49,0.1,WARNING,49%,10%",
    "0.1,0.95,WARNING,10%,95%",
    "0.09,0.89,NEUTRAL,9%,89%",
    "0.09,0.9,GOOD,9%,90%"
  })
  void memorized(double fitted, double recovered, Tone tone, String share, String seen) {
    Map<Metric, Double> values =
        Map.of(
            Metric.EXAMPLES, 3000.0,
            Metric.NOISE_RATE, 0.2,
            Metric.MEMORIZATION_RECOVERED, recovered);
    assertSaid(
        tone,
        share
            + " of the 600 wrong labels are memorized; "
            + seen
            + " of these examples are seen as what they are",
        series("train", values, Metric.MEMORIZATION_FITTED, 1, fitted));
  }

  @Test
  void memorizationByWhatIsKnownOfIt() {
    assertSaid(
        Tone.WARNING,
        "Wrongly labelled examples have moved 30% of the way to their wrong class",
        series("train", Map.of(), Metric.MEMORIZATION_FRACTION, 0.3));
    assertSaid(
        Tone.BAD,
        "About 62.5% of the labels that look wrong are memorized",
        series("train", Map.of(), Metric.MEMORIZATION_ESTIMATED, 0.625));
    assertEquals(
        List.of(
            new Verdict(
                Topic.MEMORIZATION, Tone.NEUTRAL, "No training label is known to be wrong")),
        series("train", Map.of(), Metric.NOISE_RATE, 0));
  }

  @Test
  void dilationIsToldAgainstItsTightestEpochs() {
    assertSaid(
        Tone.BAD,
        "Held-out classes are 2.0 times as spread as about epoch 3: r/D 0.42, rising",
        series(
            "heldout",
            Map.of(),
            Metric.DILATION_RELATIVE,
            0.5,
            0.2,
            0.2,
            0.2,
            0.25,
            0.38,
            0.4,
            0.42));
    assertEquals(
        Tone.WARNING,
        series("heldout", Map.of(), Metric.DILATION_RELATIVE, 0.2, 0.2, 0.2, 0.25, 0.25, 0.25)
            .get(0)
            .tone());
  }

  @Test
  void aDifferenceWithinScatterIsNoDilation() {
    assertEquals(
        List.of(
            "The radius of held-out classes is 0.25 of the distance between their centres, steady"),
        texts(
            series(
                "heldout",
                Map.of(),
                Metric.DILATION_RELATIVE,
                0.22,
                0.22,
                0.22,
                0.2,
                0.29,
                0.2,
                0.25)));
  }

  @Test
  void dilationOfOneObservationIsAState() {
    assertEquals(
        List.of("The radius of held-out classes is 0.5 of the distance between their centres"),
        texts(series("heldout", Map.of(), Metric.DILATION_RELATIVE, 0.5)));
    assertEquals(
        List.of("The radius of held-out classes is 0.9 of the distance between their centres"),
        texts(series("heldout", Map.of(), Metric.DILATION_RELATIVE, 0.5, 0.9)));
  }

  @Test
  void tighteningIsGood() {
    assertSaid(
        Tone.GOOD,
        "The radius of held-out classes is 0.3 of the distance between their centres, falling",
        series("heldout", Map.of(), Metric.DILATION_RELATIVE, 0.5, 0.4, 0.3));
  }

  @Test
  void accuracyIsToldAgainstItsBest() {
    assertSaid(
        Tone.GOOD,
        "Held-out accuracy is 89.5%, as high as it has been, scatter aside",
        series("heldout", Map.of(), Metric.ACCURACY, 0.9, 0.895, 0.9, 0.905, 0.895));
    assertSaid(
        Tone.WARNING,
        "Held-out accuracy is 87%, about 3.0 points below its best about epoch 2",
        series("heldout", Map.of(), Metric.ACCURACY, 0.9, 0.9, 0.9, 0.87, 0.87, 0.87));
    assertEquals(
        Tone.BAD,
        series("heldout", Map.of(), Metric.ACCURACY, 0.9, 0.9, 0.9, 0.84, 0.84, 0.84)
            .get(0)
            .tone());
    assertSaid(
        Tone.NEUTRAL,
        "Held-out accuracy is 84%",
        series("heldout", Map.of(), Metric.ACCURACY, 0.9, 0.84));
    assertSaid(
        Tone.WARNING,
        "Held-out accuracy is 10%, no better than guessing",
        series("heldout", Map.of(Metric.CLASSES_PRESENT, 10.0), Metric.ACCURACY, 0.1));
  }

  private static List<Verdict> calibrated(double error, double accuracy, double confidence) {
    Map<Metric, Double> values =
        Map.of(
            Metric.ECE,
            error,
            Metric.CONFIDENCE,
            confidence,
            Metric.EXAMPLES,
            2000.0,
            Metric.CLASSES_PRESENT,
            10.0);
    return about(
        Topic.CALIBRATION, of(observation(1, "heldout", with(values, Metric.ACCURACY, accuracy))));
  }

  @Test
  void calibrationSaysWhichWay() {
    assertSaid(
        Tone.BAD,
        "Held-out confidence is off by 10.0 points, over-confident: it says 95%, and 85% is right",
        calibrated(0.1, 0.85, 0.95));
    assertSaid(
        Tone.WARNING,
        "Held-out confidence is off by 6.0 points, under-confident: it says 79%, and 85% is right",
        calibrated(0.06, 0.85, 0.79));
    assertSaid(
        Tone.WARNING,
        "Held-out confidence is off by 6.0 points, too high in places and too low in others",
        calibrated(0.06, 0.85, 0.86));
    assertSaid(
        Tone.GOOD, "Held-out confidence is off by 4.9 points", calibrated(0.049, 0.85, 0.899));
    assertEquals(List.of(), calibrated(0.049, 0.1, 0.149), "of a network that guesses");
    assertSaid(
        Tone.BAD, "Held-out confidence is off by 12.0 points", calibrated(0.12, 0.85, Double.NaN));
  }

  @Test
  void featuresThatAreNotFiniteAreTold() {
    assertSaid(
        Tone.BAD,
        "3 examples have a NaN or infinite feature",
        series("train", Map.of(Metric.EXAMPLES, 10.0), Metric.EXAMPLES_NONFINITE, 3));
    assertEquals(List.of(), series("train", Map.of(), Metric.EXAMPLES_NONFINITE, 0));
  }

  @Test
  void nothingIsClaimedFromWhatIsUndefined() {
    for (Metric metric : Metric.values()) {
      for (String split : List.of("train", "heldout")) {
        assertEquals(List.of(), series(split, Map.of(), metric, Double.NaN), metric::key);
      }
    }
  }

  /** Held-out dilation of runs that differ in loss and seed, at two noise rates. */
  private static List<Observation> dilated(String loss, double eta, double... ofSeeds) {
    List<Observation> observations = new ArrayList<>();
    for (int seed = 1; seed <= ofSeeds.length; seed++) {
      String run = loss + eta + seed;
      Map<String, String> about = Runs.about(loss, eta, seed);
      Map<Metric, Double> noise = Map.of(Metric.NOISE_RATE, eta / 2);
      observations.add(Runs.observation(run, 1, "train", noise, about));
      Map<Metric, Double> dilation = Map.of(Metric.DILATION_RELATIVE, ofSeeds[seed - 1]);
      observations.add(Runs.observation(run, 1, "heldout", dilation, about));
    }
    return observations;
  }

  @SafeVarargs
  private static List<String> together(List<Observation>... runs) {
    List<Observation> all = new ArrayList<>();
    for (List<Observation> run : runs) {
      all.addAll(run);
    }
    return texts(about(Topic.DILATION, VerdictRules.ofRuns(RunHistory.of(all))));
  }

  @Test
  void lossesAreToldApartAtTheHighestNoiseByTheMeasuredRate() {
    assertEquals(
        List.of(
            "With 20% wrong labels held-out classes are less dilated under ls than under ce: r/D"
                + " 0.293 against 0.351 at epoch 1, 3 seeds and 3 seeds, a difference of 0.0577 ±"
                + " 0.0168 (95% interval)",
            "The radius of held-out classes is 0.1 to 0.359 of the distance between their centres"),
        together(
            dilated("ce", 0.2, 0.1, 0.2, 0.15),
            dilated("ls", 0.2, 0.3, 0.2, 0.25),
            dilated("ce", 0.4, 0.351, 0.343, 0.359),
            dilated("ls", 0.4, 0.293, 0.287, 0.300)));
  }

  @Test
  void aHigherNoiseUnderOneLossHidesNoComparison() {
    assertEquals(
        "With 10% wrong labels the dilation under ce and under ls cannot be told apart: r/D 0.15"
            + " against 0.25 at epoch 1, 1 seed and 1 seed; it takes at least two seeds a side",
        together(dilated("ce", 0.2, 0.15), dilated("ls", 0.2, 0.25), dilated("ce", 0.4, 0.3, 0.4))
            .get(0));
  }

  @Test
  void lossesThatCannotBeToldApart() {
    assertEquals(
        "With 20% wrong labels the dilation under ce and under lr cannot be told apart: r/D 0.51"
            + " against 0.555 at epoch 1, 2 seeds and 2 seeds; it would take about 24 seeds a side",
        together(dilated("ce", 0.4, 0.55, 0.47), dilated("lr", 0.4, 0.62, 0.49)).get(0));
    assertEquals(
        "With 20% wrong labels the dilation under ce and under lr cannot be told apart: r/D 0.5"
            + " against 0.9 at epoch 1, 1 seed and 2 seeds; it takes at least two seeds a side",
        together(dilated("ce", 0.4, 0.5), dilated("lr", 0.4, 0.9, 0.9)).get(0));
  }

  @Test
  void aSeedThatIsRepeatedCountsOnce() {
    List<Observation> repeated = new ArrayList<>(dilated("ce", 0.4, 0.5));
    for (Observation o : dilated("ce", 0.4, 0.52)) {
      repeated.add(Runs.observation("again", 1, o.split(), values(o), o.parameters()));
    }
    assertTrue(
        together(repeated, dilated("lr", 0.4, 0.9, 0.91)).get(0).contains("1 seed and 2 seeds"));
  }

  private static Map<Metric, Double> values(Observation observation) {
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    observation
        .measurements()
        .metrics()
        .forEach(metric -> values.put(metric, observation.measurements().value(metric)));
    return values;
  }

  @Test
  void runsThatDifferInMoreThanTheLossAreNotCompared() {
    List<Observation> other = new ArrayList<>();
    for (Observation o : dilated("ls", 0.4, 0.29, 0.28)) {
      Map<String, String> about = new LinkedHashMap<>(o.parameters());
      about.put("epochs", "5");
      other.add(o.withParameters(about));
    }
    assertEquals(1, together(dilated("ce", 0.4, 0.35, 0.34), other).size());
  }

  @Test
  void lossesAreComparedAtTheLastEpochThatAllHaveReached() {
    List<Observation> longer = new ArrayList<>(dilated("ce", 0.4, 0.351, 0.343));
    for (Observation o : dilated("ce", 0.4, 9, 9)) {
      longer.add(
          new Observation(o.run(), 2, 20, o.split(), o.layer(), o.measurements(), o.parameters()));
    }
    assertTrue(
        together(longer, dilated("ls", 0.4, 0.293, 0.287))
            .get(0)
            .contains("0.29 against 0.347 at epoch 1"));
  }

  @Test
  void severalRunsAreToldTogetherAndOneIsNot() {
    List<Observation> runs = new ArrayList<>();
    for (String run : List.of("a", "b", "c")) {
      double nc1 = run.equals("a") ? 0.01 : 1;
      Map<Metric, Double> values =
          with(
              with(COLLAPSED, Metric.NC1_PINV, nc1),
              Metric.MEMORIZATION_FITTED,
              run.equals("a") ? 0.05 : 0.2);
      runs.add(Runs.observation(run, 1, "train", values, Map.of()));
    }
    Map<Metric, Double> diverged = Map.of(Metric.EXAMPLES, 0.0, Metric.EXAMPLES_NONFINITE, 3000.0);
    runs.add(Runs.observation("d", 1, "train", diverged, Map.of()));
    assertEquals(List.of(), VerdictRules.ofRuns(RunHistory.of(runs.subList(0, 1))));
    assertEquals(
        List.of(
            new Verdict(Topic.TROUBLE, Tone.BAD, "Training has diverged in 1 of 4 runs"),
            new Verdict(
                Topic.COLLAPSE, Tone.NEUTRAL, "Training classes have collapsed in 1 of 3 runs"),
            new Verdict(
                Topic.MEMORIZATION, Tone.WARNING, "5% to 20% of wrong labels are memorized")),
        VerdictRules.ofRuns(RunHistory.of(runs)));
  }

  @Test
  void runsOfWhichNothingIsKnownAreNotCounted() {
    List<Observation> runs =
        List.of(
            Runs.observation("a", 1, "heldout", Map.of(Metric.ACCURACY, 0.5), Map.of()),
            Runs.observation("b", 1, "heldout", Map.of(Metric.ACCURACY, 0.5), Map.of()));
    assertEquals(List.of(), VerdictRules.ofRuns(RunHistory.of(runs)));
  }

  @Test
  void aThresholdBelongsToTheSideThatItBegins() {
    Map<Metric, Double> terminal = with(COLLAPSED, Metric.ACCURACY, 0.995);
    assertTrue(
        texts(of(observation(1, "train", terminal))).get(0).startsWith("Training classes have"));
    Map<Metric, Double> suspects =
        with(with(COLLAPSED, Metric.SUSPECTS_COUNT, 10), Metric.SUSPECTS_SHARE, 0.05);
    List<Verdict> ofSuspects =
        of(observation(1, "train", with(suspects, Metric.MEMORIZATION_ESTIMATED, 0.5)));
    assertEquals(Tone.BAD, about(Topic.LABELS, ofSuspects).get(0).tone());
    assertEquals(Tone.NEUTRAL, about(Topic.COLLAPSE, ofSuspects).get(0).tone());
    assertEquals(
        List.of(Tone.BAD, Tone.WARNING),
        Stream.of(0.05, 0.01).map(best -> lost(best).tone()).toList());
    assertEquals(
        Tone.BAD,
        series("heldout", Map.of(), Metric.DILATION_RELATIVE, 1, 1, 1, 1.5, 1.5, 1.5)
            .get(0)
            .tone());
    assertSaid(
        Tone.WARNING,
        "Held-out confidence is off by 5.0 points, over-confident: it says 90%, and 85% is right",
        calibrated(0.05, 0.85, 0.9));
  }

  /** What is said of an accuracy that was at its best for three epochs and then 0. */
  private static Verdict lost(double best) {
    return series("heldout", Map.of(), Metric.ACCURACY, best, best, best, 0, 0, 0).get(0);
  }

  /** Two standard errors of half of 1,024 examples are 1/32. */
  @ParameterizedTest
  @CsvSource({"0.53125,0.0625,false", "0.546875,0.0625,true", "0.75,0.5,true", "0.75,0.51,false"})
  void confidenceIsTooHighIfThatIsClearAndMostOfTheError(
      double confidence, double error, boolean clear) {
    Map<Metric, Double> values =
        Map.of(
            Metric.ECE,
            error,
            Metric.ACCURACY,
            0.5,
            Metric.CONFIDENCE,
            confidence,
            Metric.EXAMPLES,
            1024.0);
    String said = texts(of(observation(1, "heldout", values))).toString();
    assertEquals(clear, said.contains("over-confident"), said);
    assertEquals(!clear, said.contains("too high in places and too low in others"), said);
  }

  @Test
  void anAccuracyBelowItsBestByNoMoreThanScatterIsNotLost() {
    assertSaid(
        Tone.GOOD,
        "Held-out accuracy is 86%, as high as it has been, scatter aside",
        series(
            "heldout",
            Map.of(),
            Metric.ACCURACY,
            0.9,
            0.92,
            0.91,
            0.9,
            0.92,
            0.9,
            0.85,
            0.95,
            0.86));
  }

  @Test
  void beforeTheFirstEpochEndsMemorizationBeginsAtAnIteration() {
    Map<Metric, Double> values =
        with(with(COLLAPSED, Metric.SUSPECTS_COUNT, 600), Metric.SUSPECTS_SHARE, 0.2);
    Observation first = observation(0, "train", with(values, Metric.MEMORIZATION_ESTIMATED, 0.3));
    assertSaid(
        Tone.WARNING,
        "About 600 of 3,000 labels look wrong; 30% of them are memorized, since iteration 0",
        of(first));
  }

  @Test
  void noExampleAtAllIsNoDivergence() {
    Map<Metric, Double> none = Map.of(Metric.EXAMPLES, 0.0, Metric.EXAMPLES_NONFINITE, 0.0);
    assertEquals(List.of(), of(observation(1, "train", none)));
  }

  @Test
  void twoRunsAreEnoughToBeToldTogetherAndTheStreamIsNotCounted() {
    for (String split : List.of("train", "stream")) {
      List<Observation> runs =
          List.of(
              Runs.observation("a", 1, split, COLLAPSED, Map.of()),
              Runs.observation("b", 1, split, COLLAPSED, Map.of()));
      assertEquals(
          split.equals("train")
              ? List.of("Training classes have collapsed in 2 of 2 runs")
              : List.of(),
          texts(VerdictRules.ofRuns(RunHistory.of(runs))));
    }
  }

  @Test
  void lossesAreComparedOnlyWhereThereAreSeveralWhoseDilationIsKnown() {
    List<Observation> known = dilated("ce", 0.4, 0.5, 0.6);
    String range =
        "The radius of held-out classes is 0.5 to 0.6 of the distance between their centres";
    assertEquals(List.of(range), together(known));
    assertEquals(List.of(range), together(known, dilated("ls", 0.4, Double.NaN, Double.NaN)));
    List<Observation> nameless =
        dilated("ls", 0.4, 0.5, 0.6).stream()
            .map(o -> o.withParameters(Map.of("noise.rate", "0.4")))
            .toList();
    assertEquals(List.of(range), together(known, nameless));
  }

  /** The measured share of wrong labels goes first, then the one that was set. */
  @ParameterizedTest
  @CsvSource({
    "0,0.4,'Without wrong labels '",
    "NaN,0.4,'With noise.rate set to 0.4 '",
    "NaN,,'With equal settings '"
  })
  void theNoiseOfAComparisonIsSaid(double measured, String asked, String said) {
    List<Observation> observations = new ArrayList<>();
    for (String loss : List.of("ce", "ls")) {
      Map<String, String> about = new LinkedHashMap<>(Map.of("loss", loss));
      if (asked != null) {
        about.put("noise.rate", asked);
      }
      Map<Metric, Double> noise = Map.of(Metric.NOISE_RATE, measured);
      Map<Metric, Double> dilation = Map.of(Metric.DILATION_RELATIVE, 0.5);
      observations.add(Runs.observation(loss, 1, "train", noise, about));
      observations.add(Runs.observation(loss, 1, "heldout", dilation, about));
    }
    assertEquals(
        said
            + "the dilation under ce and under ls cannot be told apart: r/D 0.5 against 0.5 at epoch"
            + " 1, 1 seed and 1 seed; it takes at least two seeds a side",
        together(observations).get(0));
  }
}
