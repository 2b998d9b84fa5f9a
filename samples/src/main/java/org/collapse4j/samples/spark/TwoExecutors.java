package org.collapse4j.samples.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.collapse4j.spark.SparkCollapse;
import org.collapse4j.spark.SparkOptions;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Measures features that executors of this machine draw, and tells what each pass took: the layer
 * that classifies them is the whole network, so that the time is that of the metrics.
 */
@Command(name = "spark", mixinStandardHelpOptions = true, sortOptions = false)
public final class TwoExecutors implements Callable<Integer> {
  private static final int BATCH = 500;

  @Spec private CommandSpec spec;

  @Option(names = "--executors", defaultValue = "2")
  private int executors;

  @Option(names = "--partitions", defaultValue = "4")
  private int partitions;

  @Option(names = "--examples", defaultValue = "20000", description = "of all partitions")
  private int examples;

  @Option(names = "--features", defaultValue = "512")
  private int features;

  @Option(names = "--classes", defaultValue = "10")
  private int classes;

  private TwoExecutors() {}

  /** Measures, prints and exits. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new TwoExecutors()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PassCosts costs = new PassCosts();
    try (LocalExecutors cluster = new LocalExecutors(executors)) {
      JavaSparkContext context = cluster.context();
      context.sc().addSparkListener(costs);
      List<Integer> seeds = IntStream.range(0, examples / BATCH).boxed().toList();
      int numFeatures = features;
      int numClasses = classes;
      JavaRDD<DataSet> batches =
          context.parallelize(seeds, partitions).map(s -> batch(s, numFeatures, numClasses));
      SparkOptions options = new SparkOptions().sink(observation -> {}).failFast(true);
      for (Observation observed : SparkCollapse.measure(network(), batches, options)) {
        for (Metric metric : List.of(Metric.NC1_PINV, Metric.NC4_MISMATCH, Metric.ACCURACY)) {
          out.println(metric.key() + " " + observed.measurements().value(metric));
        }
      }
    }
    costs.lines(partitions).forEach(out::println);
    return 0;
  }

  private MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(features)
                        .nOut(classes)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  /** Gaussian features around a centre for each class. */
  private static DataSet batch(int seed, int numFeatures, int numClasses) {
    Nd4j.getRandom().setSeed(seed + 1L);
    INDArray drawn = Nd4j.randn(DataType.FLOAT, BATCH, numFeatures);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, numClasses);
    for (int i = 0; i < BATCH; i++) {
      int c = (seed * BATCH + i) % numClasses;
      labels.putScalar(i, c, 1);
      drawn.putScalar(i, c % numFeatures, drawn.getDouble(i, c % numFeatures) + 5);
    }
    return new DataSet(drawn, labels);
  }
}
