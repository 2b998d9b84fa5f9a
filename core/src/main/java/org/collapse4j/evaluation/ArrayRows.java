package org.collapse4j.evaluation;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Rows of arrays that are in memory as a whole: the features of a network of any framework. Their
 * one point is the name of the rows.
 */
public final class ArrayRows implements RowSource<String> {
  /** How many rows are handed over at a time unless chosen. */
  public static final int DEFAULT_BATCH = 128;

  private final String name;
  private final INDArray features;
  private final int[] classes;
  private final int numClasses;
  private final int[] clean;
  private final Classifier classifier;
  private final int batch;

  private ArrayRows(
      String name,
      INDArray features,
      int[] classes,
      int numClasses,
      int[] clean,
      Classifier classifier,
      int batch) {
    this.name = name;
    this.features = features;
    this.classes = classes;
    this.numClasses = numClasses;
    this.clean = clean;
    this.classifier = classifier;
    this.batch = batch;
  }

  /**
   * Labelled rows.
   *
   * @param name of the rows, which is their point
   * @param features {@code [N, d]} of any floating type; not copied, not modified
   * @param classes class indices, N of them; copied
   * @param numClasses K
   * @throws IllegalArgumentException if there are not as many classes as rows, or one is not from 0
   *     to K-1
   */
  public static ArrayRows of(String name, INDArray features, int[] classes, int numClasses) {
    ClassLabels.require(classes, features.size(0), numClasses);
    return new ArrayRows(name, features, classes.clone(), numClasses, null, null, DEFAULT_BATCH);
  }

  /** Rows of no class, as those of an out-of-distribution set; their features are not modified. */
  public static ArrayRows ofOneClass(String name, INDArray features) {
    return of(name, features, new int[(int) features.size(0)], 1);
  }

  /**
   * The same rows with their clean classes.
   *
   * @param known class indices, N of them; copied
   * @throws IllegalArgumentException if there are not as many as rows, or one is not from 0 to K-1
   */
  public ArrayRows withClean(int[] known) {
    ClassLabels.require(known, features.size(0), numClasses);
    return new ArrayRows(name, features, classes, numClasses, known.clone(), classifier, batch);
  }

  /** The same rows with the classifier on top of them, or null for none. */
  public ArrayRows withClassifier(Classifier known) {
    return new ArrayRows(name, features, classes, numClasses, clean, known, batch);
  }

  /**
   * The same rows, so many handed over at a time.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public ArrayRows inBatchesOf(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("A batch must have at least 1 row, not " + rows);
    }
    return new ArrayRows(name, features, classes, numClasses, clean, classifier, rows);
  }

  @Override
  public void forEach(Receiver<? super String> receiver) {
    int n = classes.length;
    for (int from = 0; from < n; from += batch) {
      int first = from;
      int last = Math.min(n, from + batch);
      receiver.accept(name, () -> rows(first, last));
    }
  }

  private LabelledRows rows(int from, int to) {
    INDArray part = features.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    return LabelledRows.of(part, Arrays.copyOfRange(classes, from, to), null, numClasses)
        .withOrigins(new Places(from, to));
  }

  @Override
  public Classifier classifier(String point) {
    return classifier;
  }

  @Override
  public String describe(String point) {
    return "the " + name;
  }

  /** Rows are known by their place in the array. */
  private final class Places implements RowOrigins {
    private final int from;
    private final int to;

    Places(int from, int to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public long firstPosition() {
      return from;
    }

    @Override
    public long[] indices() {
      return IntStream.range(from, to).asLongStream().toArray();
    }

    @Override
    public Optional<int[]> cleanClasses() {
      return Optional.ofNullable(clean == null ? null : Arrays.copyOfRange(clean, from, to));
    }
  }
}
