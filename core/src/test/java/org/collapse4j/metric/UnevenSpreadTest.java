package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Random;
import java.util.stream.IntStream;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/** Features that spread less in some directions than in others, and what float32 makes of them. */
class UnevenSpreadTest {
  private static final int CLASSES = 6;

  /** Directions between the axes, so that no feature shows by itself that it spreads less. */
  private static INDArray rotation(int d, Random random) {
    double[] normal = random.doubles(d, -1, 1).toArray();
    double square = 0;
    for (double element : normal) {
      square += element * element;
    }
    double[][] reflection = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        reflection[i][j] = (i == j ? 1 : 0) - 2 * normal[i] * normal[j] / square;
      }
    }
    return Nd4j.createFromArray(reflection);
  }

  /**
   * Examples whose class means and deviations spread {@code least} in half of the directions. For
   * every example there is one with the opposite deviation, so that chance moves no class mean in
   * the directions that spread.
   */
  private static INDArray features(int n, int d, double least, Random random) {
    double[][] centres = new double[CLASSES][];
    for (int c = 0; c < CLASSES; c++) {
      centres[c] = random.doubles(d, -1, 1).toArray();
    }
    double[][] rows = new double[n][d];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        // Classes differ in few of the directions that spread, so that those which do not matter.
        boolean spreads = j < 2;
        double centre = spreads || j >= d / 2 ? centres[i % CLASSES][j] : 0;
        double scale = j < d / 2 ? 1 : least;
        boolean isOpposite = i / CLASSES % 2 == 1;
        rows[i][j] =
            isOpposite
                ? 2 * scale * centre - rows[i - CLASSES][j]
                : scale * (centre + 0.3 * random.nextGaussian());
      }
    }
    return Nd4j.createFromArray(rows).mmul(rotation(d, random)).castTo(DataType.FLOAT);
  }

  private static ClassStatistics statistics(INDArray features) {
    return statistics(features, ClassStatisticsAccumulator.DEFAULT_COVARIANCE_LIMIT);
  }

  private static ClassStatistics statistics(INDArray features, int covarianceLimit) {
    try (ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.builder(CLASSES).covarianceLimit(covarianceLimit).build()) {
      accumulator.observe(features, classes(features.rows()));
      return accumulator.snapshot();
    }
  }

  private static int[] classes(int n) {
    return IntStream.range(0, n).map(i -> i % CLASSES).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "600, 130, 1",
    "600, 130, 1e-2",
    "600, 130, 1e-3",
    "600, 130, 1e-5",
    "9000, 200, 1e-1",
    "9000, 200, 1e-3",
    "19200, 300, 1e-4"
  })
  @Tag("slow")
  void theErrorOfFloat32IsWithinItsBound(int n, int d, double least) {
    INDArray features = features(n, d, least, new Random(d));
    ClassStatistics inFloat = statistics(features);
    ClassStatistics inDouble = statistics(features.castTo(DataType.DOUBLE));
    assertEquals(0x1p-20, inFloat.withinClassRounding());
    assertEquals(0x1p-20, inFloat.merge(inDouble).withinClassRounding());
    assertEquals(0x1p-49, inDouble.withinClassRounding());
    PseudoInverse.Trace exact = trace(inDouble);
    PseudoInverse.Trace rounded = trace(inFloat);
    double bound = inFloat.withinClassRounding() * rounded.ofDiagonal();
    double error = Math.abs(rounded.value() - exact.value());
    assertTrue(error <= bound, error + " of " + exact.value() + " is above " + bound);
  }

  @ParameterizedTest
  @CsvSource({
    "600, 130, 1e-3",
    "600, 130, 1e-5",
    "9000, 200, 1e-3",
    "9000, 200, 1e-5",
    "19200, 300, 1e-4"
  })
  void inTheSpanOfTheMeansFloat32LosesNothing(int n, int d, double least) {
    INDArray features = features(n, d, least, new Random(d));
    ClassStatistics statistics = statistics(features, 0);
    double exact = trace(statistics(features.castTo(DataType.DOUBLE))).value() / CLASSES;
    try (DecisionAccumulator accumulator = DecisionAccumulator.of(statistics, null)) {
      accumulator.gatherSpan().observe(features, classes(n));
      INDArray scatter = accumulator.snapshot().spanScatter().orElseThrow();
      double inSpan = NeuralCollapse.pinvInSpan(statistics, scatter, GlobalMean.SAMPLE);
      assertEquals(exact, inSpan, 1e-6 * exact);
    }
  }

  private static PseudoInverse.Trace trace(ClassStatistics statistics) {
    return PseudoInverse.trace(
        statistics.withinClassCovariance().orElseThrow(),
        statistics.centredClassMeans(GlobalMean.SAMPLE),
        statistics.dimension());
  }

  @Test
  void whatFloat32CannotResolveIsSaidOnce() {
    INDArray features = features(600, 130, 1e-5, new Random(1));
    Logger logger = (Logger) LoggerFactory.getLogger(NeuralCollapse.class);
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    logger.addAppender(events);
    logger.setAdditive(false);
    logger.setLevel(Level.WARN);
    NeuralCollapse.HAS_WARNED.set(false);
    try {
      NeuralCollapse.ofFeatures(statistics(features.castTo(DataType.DOUBLE)), GlobalMean.SAMPLE);
      NeuralCollapse.ofFeatures(
          statistics(features(600, 130, 0.1, new Random(1))), GlobalMean.SAMPLE);
      assertEquals(0, events.list.size(), events.list.toString());
      for (int i = 0; i < 3; i++) {
        NeuralCollapse.ofFeatures(statistics(features), GlobalMean.SAMPLE);
      }
      assertEquals(1, events.list.size(), events.list.toString());
      String line = events.list.get(0).getFormattedMessage();
      assertTrue(line.contains("float64"), line);
    } finally {
      logger.setAdditive(true);
      logger.setLevel(null);
      logger.detachAppender(events);
    }
  }
}
