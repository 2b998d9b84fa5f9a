package org.collapse4j.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sample of the features of every point of width two, for a picture of them.
 *
 * @param <P> what tells the points apart
 */
public final class PlaneEvidence<P> implements Evidence<P> {
  private static final int WIDTH = 2;
  private static final long SEED = 1;

  private final String name;
  private final Map<P, Sample> samples = new LinkedHashMap<>();
  private final Map<P, FeaturePlane> planes = new HashMap<>();

  /**
   * The planes of one data set.
   *
   * @param name of the data set, for messages
   */
  public PlaneEvidence(String name) {
    this.name = name;
  }

  @Override
  public String purpose() {
    return "keep features of " + name + " for a picture";
  }

  @Override
  public void begin(Map<P, ClassStatistics> statistics, RowSource<P> source) {
    samples.clear();
    planes.clear();
    statistics.forEach(
        (point, features) -> {
          if (features.dimension() == WIDTH) {
            samples.put(point, new Sample(features, source.classifier(point)));
          }
        });
  }

  @Override
  public void observe(P point, LabelledRows rows) {
    Sample sample = samples.get(point);
    if (sample != null) {
      sample.add(rows);
    }
  }

  @Override
  public void finish() {
    samples.forEach((point, sample) -> planes.put(point, sample.plane()));
  }

  /** The plane at a point; empty if the point is not of width two or its rows could not be read. */
  public Optional<FeaturePlane> plane(P point) {
    return Optional.ofNullable(planes.get(point));
  }

  /**
   * Rows of a point drawn at random, the same at every evaluation. Rows evenly apart would be of a
   * few classes only where classes take turns.
   */
  private static final class Sample {
    private final ClassStatistics statistics;
    private final Classifier classifier;
    private final List<FeaturePlane.Example> examples = new ArrayList<>();
    private final Random random = new Random(SEED);
    private long rowsLeft;
    private long wanted;

    Sample(ClassStatistics statistics, Classifier classifier) {
      this.statistics = statistics;
      this.classifier = classifier;
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

    void add(LabelledRows rows) {
      double[][] features = rows.features().toDoubleMatrix();
      int[] given = rows.classes();
      int[] clean = rows.origins().flatMap(RowOrigins::cleanClasses).orElse(given);
      for (int i = 0; i < given.length; i++) {
        boolean finite = Double.isFinite(features[i][0]) && Double.isFinite(features[i][1]);
        if (isDrawn() && finite) {
          int truth = clean[i] == ClassLabels.NONE ? given[i] : clean[i];
          examples.add(new FeaturePlane.Example(features[i][0], features[i][1], given[i], truth));
        }
      }
    }

    FeaturePlane plane() {
      INDArray means = statistics.classMeans();
      List<FeaturePlane.Centre> centres = new ArrayList<>();
      for (int c = 0; c < statistics.numClasses(); c++) {
        centres.add(
            statistics.count(c) == 0
                ? null
                : new FeaturePlane.Centre(means.getDouble(c, 0), means.getDouble(c, 1)));
      }
      return new FeaturePlane(examples, centres, classifierRows());
    }

    private List<FeaturePlane.ClassifierRow> classifierRows() {
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
  }
}
