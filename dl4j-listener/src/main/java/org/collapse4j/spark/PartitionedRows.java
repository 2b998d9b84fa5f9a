package org.collapse4j.spark;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.collapse4j.evaluation.Mergeable;
import org.collapse4j.evaluation.Pass;
import org.collapse4j.evaluation.RowParts;
import org.collapse4j.observe.MeasuredPoint;
import org.collapse4j.observe.SplitRows;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The rows of a network that is run over each partition of a data set where that is. Each pass is a
 * job of its own. The first also counts the examples of each partition, so that the next know the
 * place of each example in the data set.
 */
final class PartitionedRows implements RowParts<MeasuredPoint> {
  private final SparkNetwork network;
  private final String name;
  private final boolean labelled;
  private final JavaRDD<MultiDataSet> batches;
  private final JavaSparkContext context;
  private long[] firstPositions;

  /**
   * Rows.
   *
   * @param name of the data set, for messages
   * @param labelled whether its labels are those of the classes
   */
  PartitionedRows(
      SparkNetwork network, String name, boolean labelled, JavaRDD<MultiDataSet> batches) {
    this.network = network;
    this.name = name;
    this.labelled = labelled;
    this.batches = batches;
    this.context = JavaSparkContext.fromSparkContext(batches.context());
    this.firstPositions = new long[batches.getNumPartitions()];
  }

  @Override
  public <R extends Mergeable<R>> R run(Pass<MeasuredPoint, R> pass) {
    if (firstPositions.length == 0) {
      return pass.over(new SplitRows(network, name, labelled, 0, consumer -> {}));
    }
    Broadcast<byte[]> sent = context.broadcast(SerialForm.of(pass));
    try {
      Task task = new Task(sent, network.in(context), name, labelled, firstPositions);
      Found<R> found =
          SerialForm.read(batches.mapPartitionsWithIndex(task, true).treeReduce(new Merge()));
      firstPositions = firstPositions(found.examples());
      return found.found();
    } catch (Exception e) { // Scala's, which need not be declared, among them.
      throw cause(e);
    } finally {
      sent.destroy();
    }
  }

  private static long[] firstPositions(Map<Integer, Long> examples) {
    long[] positions = new long[examples.size()];
    for (int i = 1; i < positions.length; i++) {
      positions[i] = positions[i - 1] + examples.get(i - 1);
    }
    return positions;
  }

  /**
   * What was thrown in the executor, if it says what is wrong with the data; Spark's own message
   * has the traces of both sides in it.
   */
  private static RuntimeException cause(Exception thrown) {
    if (thrown.getCause() instanceof IllegalArgumentException wrong) {
      return new IllegalArgumentException(wrong.getMessage(), thrown);
    }
    String message = String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
    return new IllegalStateException(message, thrown);
  }

  @Override
  public Classifier classifier(MeasuredPoint point) {
    return network.classifier(point);
  }

  @Override
  public String describe(MeasuredPoint point) {
    return SplitRows.describe(name, point);
  }

  /**
   * What was found in some partitions.
   *
   * @param examples how many there are in each of the partitions, by its index
   */
  @SuppressWarnings("serial") // The map is a HashMap.
  private record Found<R extends Mergeable<R>>(R found, Map<Integer, Long> examples)
      implements Serializable {

    Found<R> merge(Found<R> other) {
      Map<Integer, Long> all = new HashMap<>(examples);
      all.putAll(other.examples);
      return new Found<>(found.merge(other.found), all);
    }
  }

  /** Runs a copy of a pass over a partition. */
  private static final class Task
      implements Function2<Integer, Iterator<MultiDataSet>, Iterator<byte[]>> {
    private static final long serialVersionUID = 1;

    private final Broadcast<byte[]> pass;
    private final Broadcast<byte[]> network;
    private final String name;
    private final boolean labelled;
    private final long[] firstPositions;

    Task(
        Broadcast<byte[]> pass,
        Broadcast<byte[]> network,
        String name,
        boolean labelled,
        long[] firstPositions) {
      this.pass = pass;
      this.network = network;
      this.name = name;
      this.labelled = labelled;
      this.firstPositions = firstPositions;
    }

    @Override
    public Iterator<byte[]> call(Integer partition, Iterator<MultiDataSet> batches) {
      Pass<MeasuredPoint, ?> copy = SerialForm.read(pass.value());
      return List.of(SerialForm.of(found(copy, partition, batches))).iterator();
    }

    private <R extends Mergeable<R>> Found<R> found(
        Pass<MeasuredPoint, R> copy, int partition, Iterator<MultiDataSet> batches) {
      long[] examples = {0};
      R found =
          copy.over(
              new SplitRows(
                  SparkNetwork.copy(network),
                  name,
                  labelled,
                  firstPositions[partition],
                  consumer ->
                      batches.forEachRemaining(
                          batch -> {
                            examples[0] += batch.getFeatures(0).size(0);
                            consumer.accept(batch);
                          })));
      return new Found<>(found, Map.of(partition, examples[0]));
    }
  }

  /** Merges what was found in two groups of partitions. */
  private static final class Merge implements Function2<byte[], byte[], byte[]> {
    private static final long serialVersionUID = 1;

    @Override
    public byte[] call(byte[] one, byte[] other) {
      return merged(SerialForm.read(one), SerialForm.read(other));
    }

    private static <R extends Mergeable<R>> byte[] merged(Found<R> one, Found<R> other) {
      return SerialForm.of(one.merge(other));
    }
  }
}
