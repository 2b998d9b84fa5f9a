package org.collapse4j.dashboard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.log.Examples;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.ClassPair;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;

/** Observations of trainings that did not take place. */
public final class Runs {
  private Runs() {}

  /** An observation with some metrics. */
  public static Observation observation(
      String run, int epoch, String split, Map<Metric, Double> values, Map<String, String> about) {
    Measurements.Builder measurements = Measurements.builder();
    values.forEach(measurements::put);
    return new Observation(run, epoch, 10L * epoch, split, "output", measurements.build())
        .withParameters(about);
  }

  public static Map<String, String> about(String loss, double noise, int seed) {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("loss", loss);
    about.put("noise.rate", String.valueOf(noise));
    about.put("seed", String.valueOf(seed));
    return about;
  }

  /** A run with everything that a page can show, over training and held-out data. */
  public static List<Observation> complete(String run, int epochs, Map<String, String> about) {
    Random random = new Random(run.hashCode());
    List<Observation> observations = new ArrayList<>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      double way = (double) epoch / epochs;
      observations.add(training(run, epoch, way, about, random));
      observations.add(heldOut(run, epoch, way, about));
    }
    return observations;
  }

  private static Observation training(
      String run, int epoch, double way, Map<String, String> about, Random random) {
    Measurements values =
        Measurements.builder()
            .put(Metric.NC1_PINV, Math.exp(-5 * way))
            .put(Metric.NC1_CDNV, Math.exp(-5 * way))
            .put(Metric.NC2_ETF_MEANS, 1 - 0.9 * way)
            .put(Metric.NC3_DUALITY, 1 - 0.8 * way)
            .put(Metric.NC4_MISMATCH, 0.2 * (1 - way))
            .put(Metric.ACCURACY, 0.5 + 0.5 * way)
            .put(Metric.NOISE_RATE, 0.2)
            .put(Metric.MEMORIZATION_FRACTION, way)
            .put(Metric.MEMORIZATION_FITTED, 0.83 * way)
            .put(Metric.MEMORIZATION_RECOVERED, 1 - way)
            .put(Metric.MEMORIZATION_RELATIVE, 0.2 + way)
            .put(Metric.CLASSES_PRESENT, 3)
            .put(Metric.EXAMPLES, 30)
            .putClassValues(Metric.NC1_CDNV, new double[] {way, 1 - way, Double.NaN})
            .putClassValues(Metric.MEMORIZATION_FRACTION, new double[] {way, 0.5, 0.1})
            .putPairs(
                Metric.NC1_CDNV,
                List.of(
                    new ClassPair(0, 2, 3 * way),
                    new ClassPair(1, 2, 2 * way),
                    new ClassPair(0, 1, way)))
            .build();
    return new Observation(run, epoch, 10L * epoch, "train", "output", values)
        .withParameters(about)
        .withExamples(
            new Examples(
                Optional.of(plane(random)),
                List.of(
                    new SuspectLabel(17, 0, 2, -1.5, 2.25, 5),
                    new SuspectLabel(4, 1, 0, -1.25, 2, 5))));
  }

  private static FeaturePlane plane(Random random) {
    List<FeaturePlane.Example> examples = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      int clean = i % 3;
      int given = i % 10 == 0 ? (clean + 1) % 3 : clean;
      examples.add(
          new FeaturePlane.Example(
              clean + 0.2 * random.nextGaussian(), random.nextGaussian(), given, clean));
    }
    return new FeaturePlane(
        examples,
        Arrays.asList(new FeaturePlane.Centre(0, 0), new FeaturePlane.Centre(1, 0), null),
        List.of(
            new FeaturePlane.ClassifierRow(-1, 0, 0.5),
            new FeaturePlane.ClassifierRow(0, 0, 0),
            new FeaturePlane.ClassifierRow(1, 0, -1.5)));
  }

  private static Observation heldOut(String run, int epoch, double way, Map<String, String> about) {
    Measurements values =
        Measurements.builder()
            .put(Metric.NC1_CDNV, 0.5 + way)
            .put(Metric.ACCURACY, 0.9 - 0.1 * way)
            .put(Metric.ECE, 0.2 * way)
            .put(Metric.DILATION_RELATIVE, 0.3 + way)
            .put(Metric.DILATION_CDNV, 0.5 + way)
            .putClassValues(Metric.DILATION_RADIUS, new double[] {1, 2 * way, 3})
            .build();
    return new Observation(run, epoch, 10L * epoch, "heldout", "output", values)
        .withParameters(about);
  }
}
