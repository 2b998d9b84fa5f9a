package org.collapse4j.samples.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollapseVerdictTest {
  private static EpochReport report(int epoch, double nc1) {
    Measurements train =
        Measurements.builder().put(Metric.NC1_PINV, nc1).put(Metric.ACCURACY, 0.9).build();
    Measurements heldOut =
        Measurements.builder()
            .put(Metric.ACCURACY, 0.8)
            .put(Metric.DILATION_RELATIVE, 0.25)
            .build();
    return new EpochReport(epoch, 1, train, heldOut, null, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 | 0.5 | 20 | The classes are collapsing: NC1 of the training images went from 5.00 after"
            + " epoch 1 to 0.500 after epoch 20, 10 times less.",
        "5 | 3.9 | 20 | The classes have begun to collapse: NC1 of the training images went from"
            + " 5.00 after epoch 1 to 3.90 after epoch 20.",
        "5 | 6   | 20 | The classes have not collapsed: NC1 of the training images went from 5.00"
            + " after epoch 1 to 6.00 after epoch 20.",
        "5 | 5   |  1 | One epoch does not tell whether the classes collapse: NC1 of the training"
            + " images is 5.00.",
        "0 | 1   | 20 | Whether the classes collapsed cannot be told: NC1 is undefined.",
        "5 | NaN | 20 | Whether the classes collapsed cannot be told: NC1 is undefined."
      })
  void nc1InWords(double before, double after, int epochs, String expected) {
    String said = CollapseVerdict.of(report(1, before), report(epochs, after));
    assertEquals(
        expected
            + " It is right about 90.0% of the training images and 80.0% of the held-out ones, whose"
            + " classes have a radius of 0.25 times the distance between their centres.",
        said);
  }
}
