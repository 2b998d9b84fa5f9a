package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.collapse4j.metric.ClassPair;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetailThinningTest {
  private static final List<String> SPLITS = List.of("train", "heldout");

  @TempDir private Path folder;

  private static Observation observation(String split, int epoch) {
    Measurements measured =
        Measurements.builder()
            .put(Metric.ACCURACY, epoch / 1000.0)
            .putClassValues(Metric.NC1_CDNV, new double[] {epoch, 2 * epoch})
            .putPairs(Metric.NC1_CDNV, List.of(new ClassPair(0, 1, epoch)))
            .build();
    return new Observation("a", epoch, 10L * epoch, split, "output", measured, Map.of("seed", "1"))
        .withExamples(Examples.of(List.of(new SuspectLabel(epoch, 0, 1, -1, 2, 3))));
  }

  private Path log(int epochs) throws IOException {
    Path file = folder.resolve(epochs + ".jsonl");
    try (JsonLinesSink sink = new JsonLinesSink(file)) {
      List<Observation> all = new ArrayList<>();
      for (int epoch = 1; epoch <= epochs; epoch++) {
        for (String split : SPLITS) {
          all.add(observation(split, epoch));
        }
      }
      sink.writeAll(all);
    }
    return file;
  }

  private static List<Integer> detailedEpochs(List<Observation> observations, String split) {
    return observations.stream()
        .filter(o -> o.split().equals(split) && !o.measurements().classMetrics().isEmpty())
        .map(Observation::epoch)
        .toList();
  }

  @Test
  void ofALongRunSomeMomentsEvenlyApartAndTheLastAreWhole() throws IOException {
    Path file = log(1000);
    List<Observation> whole = MetricLog.read(file).observations();
    List<Observation> thinned = new GrowingLog(file).read().observations();
    assertEquals(whole.size(), thinned.size());
    for (String split : SPLITS) {
      List<Integer> epochs = detailedEpochs(thinned, split);
      assertEquals(1000, epochs.get(epochs.size() - 1));
      assertTrue(epochs.size() > 20 && epochs.size() <= 41, epochs.toString());
      List<Integer> even = epochs.subList(0, epochs.size() - 1);
      assertEquals(IntStream.range(0, even.size()).mapToObj(i -> 1 + 32 * i).toList(), even);
    }
    for (int i = 0; i < whole.size(); i++) {
      boolean detailed = !thinned.get(i).measurements().classMetrics().isEmpty();
      assertEquals(
          detailed ? whole.get(i) : whole.get(i).withNumbersOnly(), thinned.get(i), "" + i);
    }
  }

  @Test
  void theLastIsWholeOnlyAsLongAsItIsTheLast() {
    List<Observation> kept = new ArrayList<>();
    DetailThinning<Observation> thinning = new DetailThinning<>(kept, Function.identity());
    for (int epoch = 1; epoch <= 100; epoch++) {
      kept.add(observation("train", epoch));
      thinning.added(observation("train", epoch), true);
      thinning.complete();
      assertEquals(observation("train", epoch), kept.get(epoch - 1));
      List<Integer> epochs = detailedEpochs(kept, "train");
      assertTrue(epochs.size() <= 41, epochs.toString());
    }
    List<Integer> everyFourth = IntStream.rangeClosed(0, 24).mapToObj(i -> 1 + 4 * i).toList();
    assertEquals(everyFourth, detailedEpochs(kept, "train").subList(0, 25));
    assertEquals(26, detailedEpochs(kept, "train").size(), "the last besides");
  }

  @Test
  void aShortRunIsWhole() throws IOException {
    Path file = log(40);
    assertEquals(MetricLog.read(file).observations(), new GrowingLog(file).read().observations());
  }

  @Test
  void observationsShareWhatTheyHaveInCommon() throws IOException {
    List<Observation> read = MetricLog.read(log(2)).observations();
    assertSame(read.get(0).parameters(), read.get(3).parameters());
    assertSame(read.get(0).run(), read.get(3).run());
  }

  @Test
  void whatIsWrongIsToldWhereItIs() throws IOException {
    Path file = log(100);
    List<String> lines = Files.readAllLines(file);
    lines.set(150, lines.get(150).replace("\"epoch\":76", "\"epoch\":true"));
    Files.write(file, lines);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new GrowingLog(file).read());
    assertEquals(
        file
            + ", line 151 is no observation: its member \"epoch\" must be a whole number, not true",
        refused.getMessage());
  }
}
