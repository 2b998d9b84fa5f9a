package org.collapse4j.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.dashboard.Runs;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunLabelTest {
  private static RunHistory run(Map<String, String> parameters) {
    return RunHistory.of(
            List.of(Runs.observation("a", 1, "train", Map.of(Metric.NOISE_RATE, 0.19), parameters)))
        .get(0);
  }

  @ParameterizedTest
  @CsvSource({"0,ls", "0.0,ls", "0.1,ls (alpha 0.1)", "cosine,ls (alpha cosine)"})
  void alphaIsSaidUnlessItIsZero(String alpha, String label) {
    assertEquals(Optional.of(label), RunLabel.loss(run(Map.of("loss", "ls", "alpha", alpha))));
  }

  @Test
  void aRunThatDoesNotSayItsLossHasNone() {
    assertEquals(Optional.empty(), RunLabel.loss(run(Map.of("alpha", "0.1"))));
    assertEquals(Optional.of("ce"), RunLabel.loss(run(Map.of("loss", "ce"))));
  }

  @ParameterizedTest
  @CsvSource({"0.2,0.2", "high,0.19", "NaN,0.19", "Infinity,0.19"})
  void theNoiseAskedForGoesBeforeTheOneMeasuredIfItIsANumber(String asked, double rate) {
    assertEquals(Optional.of(rate), RunLabel.noiseRate(run(Map.of("noise.rate", asked))));
  }

  @Test
  void withoutAnyItIsTheOneMeasured() {
    assertEquals(Optional.of(0.19), RunLabel.noiseRate(run(Map.of())));
    assertEquals(
        Map.of("loss", "ce"), RunLabel.withoutSeed(run(Map.of("loss", "ce", "seed", "1"))));
  }
}
