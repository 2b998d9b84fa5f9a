package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.collapse4j.dashboard.DashboardSink;
import org.collapse4j.dl4j.Training;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Slf4jSink;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

class ObservationOptionsTest {
  @TempDir private Path folder;

  private final Options options = new Options();
  private final DataSetIterator data = Training.batches(Training.clusters(6, 1), 6);
  private final MultiDataSetIterator multi = new MultiDataSetIteratorAdapter(data);

  private static void assertRefused(String message, Executable set) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, set).getMessage());
  }

  @Test
  void whatIsSetIsThere() {
    Clock clock = Clock.systemUTC();
    MetricSink sink = observation -> {};
    Options set =
        options.stream(true)
            .sample(0)
            .sampleMegabytes(1)
            .resample(true)
            .everyIterations(7)
            .everyEpochs(3)
            .globalMean(GlobalMean.CLASS)
            .covarianceLimit(5)
            .trainProbe(data)
            .suspectLabels(true)
            .sink(sink)
            .sinkTimeout(Duration.ofMillis(1))
            .failFast(true)
            .clock(clock)
            .run("named")
            .parameter("seed", "1")
            .parameter("loss", "ce")
            .parameter("seed", "2");
    ObservationOptions<?> copy = set.copy();
    assertSame(options, set);
    assertTrue(copy.stream && copy.resample && copy.suspectLabels && copy.failFast);
    assertEquals(0, copy.sampleExamples);
    assertEquals(1 << 20, copy.sampleBytes);
    assertEquals(3, copy.everyEpochs);
    assertEquals(0, copy.everyIterations, "the later choice counts");
    assertEquals(9, options.everyIterations(9).everyIterations);
    assertEquals(0, copy.everyIterations, "a copy stays as it was");
    assertEquals(GlobalMean.CLASS, copy.globalMean);
    assertEquals(5, copy.covarianceLimit);
    assertEquals(List.of(sink), copy.sinks);
    assertEquals(List.of(), copy.ownSinks);
    assertEquals(Duration.ofMillis(1), copy.sinkTimeout);
    assertSame(clock, copy.clock);
    assertEquals("named", copy.run);
    assertEquals(Map.of("seed", "2", "loss", "ce"), copy.parameters);
  }

  @Test
  void whatIsNotSetIsAsSaid() {
    ObservationOptions<?> copy = options.copy();
    assertEquals(2048, copy.sampleExamples);
    assertEquals(128L << 20, copy.sampleBytes);
    assertEquals(1, copy.everyEpochs);
    assertEquals(Duration.ofSeconds(10), copy.sinkTimeout);
    assertInstanceOf(Slf4jSink.class, copy.sinks.get(0));
    assertEquals(1, copy.sinks.size());
    assertTrue(copy.run.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d"), copy.run);
    assertFalse(copy.stream || copy.resample || copy.suspectLabels || copy.failFast);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertRefused("A sample must have at least 0 examples, not -1", () -> options.sample(-1));
    assertRefused("sampleMegabytes must be at least 1, not 0", () -> options.sampleMegabytes(0));
    assertRefused("everyEpochs must be at least 1, not 0", () -> options.everyEpochs(0));
    assertRefused("everyIterations must be at least 1, not 0", () -> options.everyIterations(0));
    assertRefused(
        "sinkTimeout must be positive, not PT0S", () -> options.sinkTimeout(Duration.ZERO));
    assertRefused(
        "sinkTimeout must be positive, not PT-1S",
        () -> options.sinkTimeout(Duration.ofSeconds(-1)));
    assertRefused("A parameter's key must not be blank: \" \"", () -> options.parameter(" ", "1"));
    assertThrows(IllegalArgumentException.class, () -> options.covarianceLimit(-1));
    assertThrows(NullPointerException.class, () -> options.parameter("seed", null));
    assertThrows(NullPointerException.class, () -> options.globalMean(null));
    assertThrows(NullPointerException.class, () -> options.sink(null));
    assertThrows(NullPointerException.class, () -> options.clock(null));
    assertThrows(NullPointerException.class, () -> options.run(null));
    options.suspectLabels(true).heldOutProbe(data);
    assertRefused(
        "Suspect labels are found among the examples of a trainProbe, but there is none",
        options::copy);
  }

  @Test
  void eachSplitHasItsNameAndItsRole() {
    options.trainProbe(data).heldOutProbe(data).outOfDistributionProbe(data).probe("mine", data);
    Options others =
        new Options()
            .trainProbe(multi)
            .heldOutProbe(multi)
            .outOfDistributionProbe(multi)
            .probe("mine", multi);
    for (Options set : List.of(options, others)) {
      assertEquals(
          List.of("train", "heldout", "ood", "mine"),
          set.copy().probes.stream().map(Probe::split).toList());
      assertEquals(
          List.of(
              Probe.Role.LABELLED,
              Probe.Role.HELD_OUT,
              Probe.Role.OUT_OF_DISTRIBUTION,
              Probe.Role.LABELLED),
          set.copy().probes.stream().map(Probe::role).toList());
      assertRefused(
          "Each split has a name of its own, but \"mine\" is taken", () -> set.probe("mine", data));
    }
    assertRefused(
        "Each split has a name of its own, but \"stream\" is taken",
        () -> options.probe("stream", data));
  }

  @Test
  void aSampleIsWantedUnlessTheTrainingDataAreProbed() {
    assertTrue(options.wantsSample());
    assertTrue(options.heldOutProbe(data).wantsSample());
    assertTrue(new Options().sample(1).wantsSample());
    assertFalse(new Options().sample(0).wantsSample());
    assertFalse(options.trainProbe(data).wantsSample());
  }

  @Test
  void sinksThatAreMadeHereAreClosedHere() {
    MetricSink other = observation -> {};
    ObservationOptions<?> copy =
        options
            .jsonLines(folder.resolve("a.jsonl"))
            .sink(other)
            .dashboard(folder.resolve("a.html"))
            .copy();
    assertEquals(3, copy.sinks.size());
    assertInstanceOf(JsonLinesSink.class, copy.sinks.get(0));
    assertSame(other, copy.sinks.get(1));
    assertInstanceOf(DashboardSink.class, copy.sinks.get(2));
    assertEquals(List.of(copy.sinks.get(0), copy.sinks.get(2)), copy.ownSinks);
  }
}
