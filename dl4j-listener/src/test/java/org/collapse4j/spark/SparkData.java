package org.collapse4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.esotericsoftware.kryo.Kryo;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.KryoRegistrator;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.dl4j.Training;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.SuspectLabel;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.kryo.Nd4jSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Data sets for one machine and for Spark, and how what is measured there is compared. */
final class SparkData {
  static final double DOUBLE = 1e-12;
  static final double SINGLE = 1e-6;

  /** Why there is no Spark on newer virtual machines. */
  static final String NO_LOGIN =
      "Spark 3.5 finds out who runs it by Subject.getSubject, which Java 24 has taken away";

  private static final LabelNoise NOISE = LabelNoise.symmetric(Training.CLASSES, 0.3).withSeed(4);

  final List<DataSet> train;
  final List<DataSet> heldOut;
  final List<DataSet> outOfDistribution;
  private final MultiLayerNetwork trained;

  /** Overlapping clusters with wrong labels in 22 batches, the first two of class 0 alone. */
  SparkData(DataType type) {
    List<DataSet> examples =
        LabelledExamples.corrupt(cast(Training.clusters(440, 1), type), NOISE).asList();
    Predicate<DataSet> isFirst = example -> example.getLabels().getDouble(0) == 1;
    Stream<DataSet> first = examples.stream().filter(isFirst);
    Stream<DataSet> others = examples.stream().filter(isFirst.negate());
    List<DataSet> sorted =
        Stream.of(first.limit(40), others, examples.stream().filter(isFirst).skip(40))
            .flatMap(part -> part)
            .toList();
    train =
        IntStream.range(0, 22)
            .mapToObj(i -> DataSet.merge(sorted.subList(20 * i, 20 * i + 20)))
            .toList();
    heldOut = cast(Training.clusters(150, 2), type).batchBy(20);
    outOfDistribution = cast(Training.clusters(50, 3), type).batchBy(20);
    trained = Training.multiLayerNetwork().convertDataType(type);
    trained.fit(iterator(train), 2);
  }

  private static DataSet cast(DataSet data, DataType type) {
    return new DataSet(data.getFeatures().castTo(type), data.getLabels().castTo(type));
  }

  MultiLayerNetwork network() {
    return trained.clone();
  }

  static DataSetIterator iterator(List<DataSet> batches) {
    return new ExistingDataSetIterator(batches);
  }

  /** What one machine with all the data measures at several moments, one after the other. */
  List<Observation> onOneMachine(Model network, int moments) {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(iterator(train))
            .heldOutProbe(iterator(heldOut))
            .outOfDistributionProbe(iterator(outOfDistribution))
            .suspectLabels(true)
            .sink(observation -> {})
            .failFast(true)
            .build();
    List<Observation> observations = List.of();
    for (int i = 0; i < moments; i++) {
      observations = listener.observe(network);
    }
    return observations;
  }

  /** Everything that can be measured, with the training examples in so many partitions. */
  SparkOptions options(JavaSparkContext context, int partitions) {
    return options(context, context.parallelize(train, partitions));
  }

  SparkOptions options(JavaSparkContext context, JavaRDD<DataSet> training) {
    return new SparkOptions()
        .sink(observation -> {})
        .failFast(true)
        .trainProbe(SparkExamples.of(training))
        .heldOutProbe(SparkExamples.of(context.parallelize(heldOut, 3)))
        .outOfDistributionProbe(SparkExamples.of(context.parallelize(outOfDistribution, 2)))
        .suspectLabels(true);
  }

  static SparkConf quiet(String master) {
    return new SparkConf()
        .setMaster(master)
        .setAppName("tests")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }

  static SparkConf withKryo(SparkConf conf) {
    return conf.set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .set("spark.kryo.registrator", OfArrays.class.getName());
  }

  /** What Kryo has to know of ND4J, whose own registrator is not in its jar. */
  public static final class OfArrays implements KryoRegistrator {
    @Override
    public void registerClasses(Kryo kryo) {
      kryo.addDefaultSerializer(INDArray.class, new Nd4jSerializer());
      kryo.register(Nd4j.create(1).getClass(), new Nd4jSerializer());
    }
  }

  static void assertSame(List<Observation> expected, List<Observation> actual, double tolerance) {
    assertEquals(
        expected.stream().map(o -> o.split() + " " + o.layer()).toList(),
        actual.stream().map(o -> o.split() + " " + o.layer()).toList());
    for (int i = 0; i < expected.size(); i++) {
      Observation here = expected.get(i);
      Observation there = actual.get(i);
      assertSame(here.measurements(), there.measurements(), tolerance);
      assertEquals(here.epoch(), there.epoch());
      assertEquals(here.iteration(), there.iteration());
      assertEquals(indices(here), indices(there));
    }
  }

  private static List<Long> indices(Observation observation) {
    return observation.examples().suspects().stream().map(SuspectLabel::index).toList();
  }

  private static void assertSame(Measurements expected, Measurements actual, double tolerance) {
    assertEquals(expected.metrics(), actual.metrics());
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      double size = Double.isNaN(value) ? 1 : Math.max(1, Math.abs(value));
      assertEquals(value, actual.value(metric), tolerance * size, metric.key());
    }
    for (Metric metric : expected.classMetrics()) {
      assertArrayEquals(
          expected.classValues(metric), actual.classValues(metric), tolerance, metric.key());
    }
  }
}
