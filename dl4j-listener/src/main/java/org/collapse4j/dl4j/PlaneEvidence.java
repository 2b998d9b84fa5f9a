package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.collapse4j.dl4j.noise.LabelledExample;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Keeps a sample of the features of every point of width two, for a picture of them. */
final class PlaneEvidence implements RowEvidence {
  private static final int WIDTH = 2;
  private static final long SEED = 1;

  private final MeasuredNetwork network;
  private final Probe probe;
  private final Map<FeaturePoint, Sample> samples = new LinkedHashMap<>();
  private final Map<FeaturePoint, FeaturePlane> planes = new HashMap<>();

  PlaneEvidence(MeasuredNetwork network, Probe probe) {
    this.network = network;
    this.probe = probe;
  }

  @Override
  public String purpose() {
    return "keep features of the probe \"" + probe.split() + "\" for a picture";
  }

  @Override
  public void begin(Map<FeaturePoint, ClassStatistics> statistics) {
    statistics.forEach(
        (point, of) -> {
          if (of.dimension() == WIDTH) {
            samples.put(point, new Sample(of));
          }
        });
  }

  @Override
  public void observe(FeaturePoint point, ProbeRows rows) {
    Sample sample = samples.get(point);
    if (sample != null) {
      sample.add(rows);
    }
  }

  @Override
  public void finish() {
    samples.forEach((point, sample) -> planes.put(point, sample.plane(classifier(point))));
  }

  private List<FeaturePlane.ClassifierRow> classifier(FeaturePoint point) {
    Classifier classifier = point.classified() ? network.head(point).classifier() : null;
    List<FeaturePlane.ClassifierRow> rows = new ArrayList<>();
    if (classifier != null) {
      double[][] weights = classifier.weights().toDoubleMatrix();
      double[] bias = classifier.bias().toDoubleVector();
      for (int c = 0; c < bias.length; c++) {
        rows.add(new FeaturePlane.ClassifierRow(weights[c][0], weights[c][1], bias[c]));
      }
    }
    return rows;
  }

  /** The plane at a point; empty if the point is not of width two or its rows could not be read. */
  Optional<FeaturePlane> of(FeaturePoint point) {
    return Optional.ofNullable(planes.get(point));
  }

  /**
   * Rows of a point drawn at random, the same at every observation. Rows evenly apart would be of a
   * few classes only where classes take turns.
   */
  private static final class Sample {
    private final ClassStatistics statistics;
    private final List<FeaturePlane.Example> examples = new ArrayList<>();
    private final Random random = new Random(SEED);
    private long rowsLeft;
    private long wanted;

    Sample(ClassStatistics statistics) {
      this.statistics = statistics;
      this.rowsLeft = statistics.totalCount() + statistics.nonFiniteCount();
      this.wanted = Math.min(rowsLeft, FeaturePlane.MOST_EXAMPLES);
    }

    /** Selection sampling (Knuth, algorithm S): every subset of that size is as probable. */
    private boolean isDrawn() {
      boolean drawn = random.nextDouble() * rowsLeft < wanted;
      rowsLeft--;
      wanted -= drawn ? 1 : 0;
      return drawn;
    }

    void add(ProbeRows rows) {
      double[][] features = rows.rows().features().toDoubleMatrix();
      int[] given = rows.rows().labels().toIntVector();
      Optional<List<LabelledExample>> carried = rows.examples();
      for (int i = 0; i < given.length; i++) {
        boolean finite = Double.isFinite(features[i][0]) && Double.isFinite(features[i][1]);
        if (isDrawn() && finite) {
          int at = i;
          int clean =
              carried
                  .map(all -> all.get(at))
                  .filter(LabelledExample::isCleanKnown)
                  .map(LabelledExample::clean)
                  .orElse(given[i]);
          examples.add(new FeaturePlane.Example(features[i][0], features[i][1], given[i], clean));
        }
      }
    }

    FeaturePlane plane(List<FeaturePlane.ClassifierRow> classifier) {
      INDArray means = statistics.classMeans();
      List<FeaturePlane.Centre> centres = new ArrayList<>();
      for (int c = 0; c < statistics.numClasses(); c++) {
        centres.add(
            statistics.count(c) == 0
                ? null
                : new FeaturePlane.Centre(means.getDouble(c, 0), means.getDouble(c, 1)));
      }
      return new FeaturePlane(examples, centres, classifier);
    }
  }
}
