package org.collapse4j.dashboard;

import java.util.ArrayList;
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

/**
 * Made-up runs of three losses, several noise rates and seeds, with curves such as trainings have.
 * Every fifth run ends at half of the epochs.
 *
 * @param runs how many
 * @param epochs of the longest
 * @param classes of each
 */
record ManyRuns(int runs, int epochs, int classes) {
  private static final List<String> LOSSES =
      List.of("cross-entropy", "label-smoothing", "label-relaxation");
  private static final List<String> NAMES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  List<Observation> observations() {
    List<Observation> observations = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      observations.addAll(run(run));
    }
    return observations;
  }

  private List<Observation> run(int run) {
    int loss = run % LOSSES.size();
    double noise = run / LOSSES.size() % 3 * 0.2;
    int seed = 1 + run / (3 * LOSSES.size());
    Map<String, String> about = new LinkedHashMap<>();
    about.put("loss", LOSSES.get(loss));
    about.put("alpha", loss == 0 ? "0" : "0.1");
    about.put("noise.rate", String.valueOf(noise));
    about.put("seed", String.valueOf(seed));
    about.put("learning.rate", "0.05");
    about.put("class.names", String.join(",", NAMES.subList(0, Math.min(classes, 10))));
    String name = LOSSES.get(loss) + " noise " + noise + " seed " + seed;
    List<Observation> observations = new ArrayList<>();
    Random random = new Random(run);
    for (int epoch = 1; epoch <= (run % 5 == 4 ? epochs / 2 : epochs); epoch++) {
      double way = (double) epoch / epochs;
      double strength = noise * (loss == 0 ? 1 : 0.6);
      observations.add(training(name, epoch, way, strength, about, random));
      observations.add(heldOut(name, epoch, way, strength, about, random));
    }
    return observations;
  }

  private static double jitter(double value, Random random) {
    return value * (1 + 0.06 * random.nextGaussian());
  }

  private Observation training(
      String run, int epoch, double way, double noise, Map<String, String> about, Random random) {
    Measurements.Builder values = Measurements.builder();
    double spread = jitter(0.9 * Math.exp(-6 * way) + 0.004 + noise * (1 - way), random);
    values.put(Metric.NC1_CDNV, spread);
    values.put(Metric.NC1_PINV, 3 * spread);
    values.put(Metric.NC1_QUOTIENT, 2 * spread);
    // With two classes the centres lie opposite whatever happens.
    values.put(
        Metric.NC2_ETF_MEANS, classes == 2 ? epoch % 2 * 1e-16 : jitter(1 - 0.9 * way, random));
    values.put(Metric.NC2_ANGLE_STD_MEANS, classes == 2 ? 0 : jitter(0.4 - 0.3 * way, random));
    values.put(Metric.NC3_DUALITY, jitter(1 - 0.8 * way, random));
    values.put(Metric.NC3_COSINE, Math.min(1, jitter(0.4 + 0.5 * way, random)));
    values.put(Metric.NC4_MISMATCH, jitter(0.2 * (1 - way) + 0.002, random));
    values.put(Metric.ACCURACY, Math.min(1, jitter(0.6 + 0.4 * way, random)));
    if (noise > 0) {
      values.put(Metric.NOISE_RATE, noise);
      values.put(Metric.MEMORIZATION_FITTED, Math.min(1, jitter(way * (0.4 + noise), random)));
      values.put(Metric.MEMORIZATION_RECOVERED, Math.max(0, 0.9 - way * (0.4 + noise)));
      values.put(Metric.MEMORIZATION_FRACTION, jitter(0.8 * way, random));
      values.put(Metric.MEMORIZATION_RELATIVE, jitter(0.2 + 0.6 * way, random));
    }
    double[] spreads = new double[classes];
    double[] recovered = new double[classes];
    for (int c = 0; c < classes; c++) {
      spreads[c] = spread * (0.4 + 1.4 * random.nextDouble());
      recovered[c] = Math.max(0, 0.9 - way * random.nextDouble());
    }
    values.putClassValues(Metric.NC1_CDNV, spreads);
    values.putClassValues(Metric.MEMORIZATION_RECOVERED, recovered);
    values.putPairs(Metric.NC1_CDNV, pairs(spread, random));
    return new Observation(run, epoch, 79L * epoch, "train", "output", values.build(), about)
        .withExamples(new Examples(Optional.of(plane(way, random)), suspects()));
  }

  private List<ClassPair> pairs(double spread, Random random) {
    List<ClassPair> pairs = new ArrayList<>();
    for (int a = 0; a < classes; a++) {
      for (int b = a + 1; b < classes; b++) {
        pairs.add(new ClassPair(a, b, spread * (0.2 + 2 * random.nextDouble())));
      }
    }
    return pairs.subList(0, Math.min(50, pairs.size()));
  }

  private List<SuspectLabel> suspects() {
    List<SuspectLabel> suspects = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int given = i % classes;
      suspects.add(
          new SuspectLabel(31L * i, given, (given + 1) % classes, i - 18.25, 3 - i / 7.0, 5));
    }
    return suspects;
  }

  private FeaturePlane plane(double way, Random random) {
    List<FeaturePlane.Example> examples = new ArrayList<>();
    List<FeaturePlane.Centre> centres = new ArrayList<>();
    List<FeaturePlane.ClassifierRow> classifier = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      double angle = 2 * Math.PI * c / classes;
      centres.add(new FeaturePlane.Centre(9 * way * Math.cos(angle), 3 * way * Math.sin(angle)));
      classifier.add(new FeaturePlane.ClassifierRow(Math.cos(angle), Math.sin(angle), 0));
      for (int i = 0; i < 20; i++) {
        examples.add(
            new FeaturePlane.Example(
                centres.get(c).x() + 0.6 * random.nextGaussian(),
                centres.get(c).y() + 0.6 * random.nextGaussian(),
                i == 0 ? (c + 1) % classes : c,
                c));
      }
    }
    return new FeaturePlane(examples, centres, classifier);
  }

  private Observation heldOut(
      String run, int epoch, double way, double noise, Map<String, String> about, Random random) {
    Measurements.Builder values = Measurements.builder();
    double dilation = jitter(0.3 - 0.1 * way + noise * way * way, random);
    values.put(Metric.NC1_CDNV, 4 * dilation * dilation);
    values.put(Metric.ACCURACY, jitter(0.7 + 0.2 * way - 0.3 * noise * way, random));
    values.put(Metric.ECE, jitter(0.02 + 0.1 * way, random));
    values.put(Metric.DILATION_RELATIVE, dilation);
    values.put(Metric.DILATION_CDNV, 4 * dilation * dilation);
    double[] radii = random.doubles(classes, 4 * dilation, 12 * dilation).toArray();
    values.putClassValues(Metric.DILATION_RADIUS, radii);
    values.putClassValues(
        Metric.DILATION_CDNV, random.doubles(classes, dilation / 9, dilation).toArray());
    return new Observation(run, epoch, 79L * epoch, "heldout", "output", values.build(), about);
  }
}
