package org.collapse4j.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sample of the features of every point of width two, for a picture of them.
 *
 * @param <P> what tells the points apart
 */
public final class PlaneEvidence<P> implements Evidence<P, PlaneEvidence.Sampler<P>> {
  private static final int WIDTH = 2;

  private final String name;
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
  public Sampler<P> learner() {
    planes.clear();
    return new Sampler<>();
  }

  @Override
  public void finish(Sampler<P> learnt) {
    learnt.samples.forEach((point, sample) -> planes.put(point, sample.plane()));
  }

  /** The plane at a point; empty if the point is not of width two or its rows could not be read. */
  public Optional<FeaturePlane> plane(P point) {
    return Optional.ofNullable(planes.get(point));
  }

  /**
   * Draws rows at random.
   *
   * @param <P> what tells the points apart
   */
  public static final class Sampler<P> implements Learner<P, Sampler<P>> {
    private static final long serialVersionUID = 1;

    private final LinkedHashMap<P, Sample> samples = new LinkedHashMap<>();

    private Sampler() {}

    @Override
    public void begin(Map<P, ClassStatistics> centres, RowParts<P> rows) {
      centres.forEach(
          (point, ofPoint) -> {
            if (ofPoint.dimension() == WIDTH) {
              samples.put(
                  point, new Sample(centres(ofPoint), classifierRows(rows.classifier(point))));
            }
          });
    }

    private static List<FeaturePlane.Centre> centres(ClassStatistics statistics) {
      INDArray means = statistics.classMeans();
      List<FeaturePlane.Centre> centres = new ArrayList<>();
      for (int c = 0; c < statistics.numClasses(); c++) {
        centres.add(
            statistics.count(c) == 0
                ? null
                : new FeaturePlane.Centre(means.getDouble(c, 0), means.getDouble(c, 1)));
      }
      return centres;
    }

    private static List<FeaturePlane.ClassifierRow> classifierRows(Classifier classifier) {
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

    @Override
    public void observe(P point, LabelledRows rows) {
      Sample sample = samples.get(point);
      if (sample != null) {
        sample.add(rows);
      }
    }

    @Override
    public void end() {
      samples.values().forEach(Sample::cut);
    }

    @Override
    public void merge(Sampler<P> other) {
      other.samples.forEach((point, theirs) -> samples.get(point).merge(theirs));
    }
  }

  /**
   * Rows of a point, of which those are kept that draw the smallest numbers. What a row draws
   * depends on its place in the data set alone, so that it is the same at every evaluation and in
   * whatever part of the data set the row is. Rows evenly apart would be of a few classes only
   * where classes take turns.
   */
  @SuppressWarnings("serial") // The lists are those of java.util.
  private static final class Sample implements Serializable {
    private static final long serialVersionUID = 1;

    private final List<FeaturePlane.Centre> centres;
    private final List<FeaturePlane.ClassifierRow> classifier;

    private final List<Row> rows = new ArrayList<>();
    private long rowCount;

    Sample(List<FeaturePlane.Centre> centres, List<FeaturePlane.ClassifierRow> classifier) {
      this.centres = centres;
      this.classifier = classifier;
    }

    void add(LabelledRows batch) {
      double[][] features = batch.features().toDoubleMatrix();
      int[] given = batch.classes();
      int[] clean = batch.origins().flatMap(RowOrigins::cleanClasses).orElse(given);
      int[] positions = batch.positions();
      long first = batch.origins().map(RowOrigins::firstPosition).orElse(rowCount);
      rowCount += given.length;
      for (int i = 0; i < given.length; i++) {
        if (Double.isFinite(features[i][0]) && Double.isFinite(features[i][1])) {
          int truth = clean[i] == ClassLabels.NONE ? given[i] : clean[i];
          FeaturePlane.Example example =
              new FeaturePlane.Example(features[i][0], features[i][1], given[i], truth);
          add(new Row(first, positions[i], example));
        }
      }
    }

    private void add(Row row) {
      rows.add(row);
      if (rows.size() > 2 * FeaturePlane.MOST_EXAMPLES) {
        cut();
      }
    }

    private void cut() {
      if (rows.size() > FeaturePlane.MOST_EXAMPLES) {
        rows.sort(Row.BY_DRAWN);
        rows.subList(FeaturePlane.MOST_EXAMPLES, rows.size()).clear();
      }
    }

    void merge(Sample other) {
      rows.addAll(other.rows);
      cut();
    }

    /** The examples in the order of the data set. */
    FeaturePlane plane() {
      return new FeaturePlane(
          rows.stream().sorted(Row.BY_PLACE).map(Row::example).toList(), centres, classifier);
    }
  }

  /**
   * A row.
   *
   * @param batch how many examples of the data set came before those of its batch
   * @param position of the row in its batch
   */
  private record Row(long batch, int position, FeaturePlane.Example example)
      implements Serializable {
    static final Comparator<Row> BY_PLACE =
        Comparator.comparingLong(Row::batch).thenComparingInt(Row::position);

    static final Comparator<Row> BY_DRAWN =
        Comparator.comparingLong(Row::drawn).thenComparing(BY_PLACE);

    /** A number that looks random but is the same each time for a row: a hash of its place. */
    private long drawn() {
      return new SplittableRandom(batch * 0x9E3779B97F4A7C15L + position).nextLong();
    }
  }
}
