package org.collapse4j.observe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.collapse4j.stats.ClassLabels;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A random part of the examples that training passes by, in copies. Each example draws a number;
 * those with the smallest are kept, so many in all, and so many of each class at the least. Which
 * they are depends on their order only, and on no generator that training draws from.
 */
final class TrainingSample {
  /** Examples of each class that are kept at the least, as long as memory allows. */
  static final int LEAST_OF_A_CLASS = 50;

  /** Examples kept of data that have many labels each, such as the pixels of an image. */
  private static final int LEAST_EXAMPLES = 128;

  /** How far the sample may grow before it is cut down to size: copying has a cost. */
  private static final double SLACK = 1.25;

  private final int wanted;
  private final long mostBytes;
  private final SplittableRandom random;
  private List<Part> parts = new ArrayList<>();
  private boolean complete;
  private boolean oneLabelEach = true;

  private int kept;
  private int largestBatch;

  /** How many examples are to be kept whatever their classes, and how many at the most. */
  private int size;

  private int most;

  /** An example that draws this or more is not kept. */
  private double limit = Double.POSITIVE_INFINITY;

  /** An example of a class that draws this or more is not kept for the sake of its class. */
  private double[] limitOfClass = new double[0];

  private long iterations;

  /** The input of the first batch that came, while more may come. */
  private INDArray first;

  /**
   * A sample without an example.
   *
   * @param wanted how many labels it is to have
   * @param mostBytes how much memory its arrays may take
   * @param seed of what is drawn
   */
  TrainingSample(int wanted, long mostBytes, long seed) {
    this.random = new SplittableRandom(seed);
    this.wanted = wanted;
    this.mostBytes = mostBytes;
  }

  /** Whether it is complete: nothing is added any more. */
  synchronized boolean isComplete() {
    return complete;
  }

  /** Whether every example that was offered has one label, and not one a time step or pixel. */
  synchronized boolean hasOneLabelEach() {
    return oneLabelEach;
  }

  /** How many batches were passed by. */
  synchronized long iterations() {
    return iterations;
  }

  /**
   * Passes a batch by.
   *
   * @param batch whose arrays all have an example a row; copied as far as it is kept
   * @param classes of its labels: one an example, or several
   */
  synchronized void offer(MultiDataSet batch, int[] classes) {
    if (complete) {
      return;
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      ExampleArrays offered = ExampleArrays.of(batch);
      int examples = offered.examples();
      iterations++;
      largestBatch = Math.max(largestBatch, examples);
      boolean labelEach = classes.length == examples;
      oneLabelEach &= labelEach;
      keep(offered, labelEach ? classes : unknown(examples));
      size = size(offered, Math.max(1, classes.length / Math.max(1, examples)));
      most = (int) mostExamples(offered);
      if (kept > SLACK * size) {
        cut();
      }
    }
  }

  private static int[] unknown(int examples) {
    int[] classes = new int[examples];
    Arrays.fill(classes, ClassLabels.NONE);
    return classes;
  }

  /** How many examples are to be kept, whatever their classes. */
  private int size(ExampleArrays batch, int labelsOfAnExample) {
    int examples = Math.max(Math.min(wanted, LEAST_EXAMPLES), wanted / labelsOfAnExample);
    return (int) Math.min(examples, mostExamples(batch));
  }

  private long mostExamples(ExampleArrays batch) {
    return Math.max(1, (long) (mostBytes / SLACK / batch.bytesOfAnExample()));
  }

  private void keep(ExampleArrays batch, int[] classes) {
    double[] drawn = new double[classes.length];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = random.nextDouble();
    }
    int[] chosen =
        IntStream.range(0, drawn.length).filter(i -> isKept(drawn[i], classes[i])).toArray();
    if (chosen.length > 0) {
      Part part = new Part(batch.copyOf(chosen), pick(drawn, chosen), pick(classes, chosen));
      parts.add(part);
      kept += chosen.length;
    }
  }

  private boolean isKept(double drawn, int classIndex) {
    return drawn < limit || drawn < limitOf(classIndex);
  }

  private double limitOf(int classIndex) {
    if (classIndex < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return classIndex < limitOfClass.length ? limitOfClass[classIndex] : Double.POSITIVE_INFINITY;
  }

  /** Keeps the smallest numbers, of all and of each class. */
  private void cut() {
    double[] all = parts.stream().flatMapToDouble(part -> Arrays.stream(part.drawn)).toArray();
    int classes = parts.stream().flatMapToInt(part -> Arrays.stream(part.classes)).max().orElse(-1);
    limit = smallest(all, size);
    limitOfClass = new double[classes + 1];
    int leastOfEach = Math.min(LEAST_OF_A_CLASS, most / Math.max(1, classes + 1));
    for (int c = 0; c <= classes; c++) {
      int thisClass = c;
      double[] drawnByClass =
          parts.stream().flatMapToDouble(part -> part.drawnOf(thisClass)).toArray();
      limitOfClass[c] = smallest(drawnByClass, leastOfEach);
    }
    parts = new ArrayList<>(parts.stream().map(this::cut).filter(part -> part.size() > 0).toList());
    kept = parts.stream().mapToInt(Part::size).sum();
  }

  /**
   * The limit below which the {@code count} smallest numbers are; infinity if there are no more.
   */
  private static double smallest(double[] numbers, int count) {
    if (numbers.length <= count) {
      return Double.POSITIVE_INFINITY;
    }
    double[] ascending = numbers.clone();
    Arrays.sort(ascending);
    return ascending[count];
  }

  private Part cut(Part part) {
    int[] chosen =
        IntStream.range(0, part.size())
            .filter(i -> isKept(part.drawn[i], part.classes[i]))
            .toArray();
    if (chosen.length == part.size()) {
      return part;
    }
    ExampleArrays rest = chosen.length == 0 ? null : part.examples.copyOf(chosen);
    part.examples.close();
    return new Part(rest, pick(part.drawn, chosen), pick(part.classes, chosen));
  }

  /**
   * Whether a batch is the very one that was the first, so that a training without epochs has gone
   * through its data once.
   */
  synchronized boolean hasComeRound(MultiDataSet batch) {
    INDArray input = batch.getFeatures(0);
    if (first == null) {
      first = input;
      return false;
    }
    return isSameMemory(first, input);
  }

  /** Whether two inputs lie in one place. A reference keeps the first, so its place stays taken. */
  private static boolean isSameMemory(INDArray one, INDArray other) {
    return Arrays.equals(one.shape(), other.shape())
        && one.offset() == other.offset()
        && one.data().pointer().address() == other.data().pointer().address();
  }

  /** Ends the taking of the sample, unless it has no example yet. */
  synchronized void complete() {
    if (!complete && !parts.isEmpty()) {
      try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        cut();
      }
      complete = true;
      first = null;
    }
  }

  /** Brings examples of the same shape together in batches as large as in training. */
  private void consolidate() {
    Map<String, List<Part>> byShape = new LinkedHashMap<>();
    for (Part part : parts) {
      byShape.computeIfAbsent(part.examples.shapeOfAnExample(), s -> new ArrayList<>()).add(part);
    }
    List<Part> consolidated = new ArrayList<>();
    byShape.values().forEach(alike -> consolidated.addAll(merge(alike)));
    parts = consolidated;
  }

  private List<Part> merge(List<Part> alike) {
    List<Part> merged = new ArrayList<>();
    List<Part> together = new ArrayList<>();
    int size = 0;
    for (Part part : alike) {
      if (size > 0 && size + part.size() > largestBatch) {
        merged.add(Part.concatenated(together));
        together.clear();
        size = 0;
      }
      together.add(part);
      size += part.size();
    }
    merged.add(Part.concatenated(together));
    return merged;
  }

  /** Hands over the examples kept so far, in the same order each time once it is complete. */
  synchronized void forEach(Consumer<MultiDataSet> consumer) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      consolidate();
      parts.forEach(part -> consumer.accept(part.examples.toDataSet()));
    }
  }

  synchronized boolean isEmpty() {
    return parts.isEmpty();
  }

  private static double[] pick(double[] values, int[] chosen) {
    return IntStream.of(chosen).mapToDouble(i -> values[i]).toArray();
  }

  private static int[] pick(int[] values, int[] chosen) {
    return IntStream.of(chosen).map(i -> values[i]).toArray();
  }

  /** Examples that came in one batch, with the number that each has drawn. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Part(ExampleArrays examples, double[] drawn, int[] classes) {
    int size() {
      return drawn.length;
    }

    /** The examples of all, whose arrays are freed. */
    static Part concatenated(List<Part> parts) {
      return parts.size() == 1
          ? parts.get(0)
          : new Part(
              ExampleArrays.concatenated(parts.stream().map(part -> part.examples).toList()),
              parts.stream().flatMapToDouble(part -> Arrays.stream(part.drawn)).toArray(),
              parts.stream().flatMapToInt(part -> Arrays.stream(part.classes)).toArray());
    }

    DoubleStream drawnOf(int classIndex) {
      return IntStream.range(0, drawn.length)
          .filter(i -> classes[i] == classIndex)
          .mapToDouble(i -> drawn[i]);
    }
  }
}
