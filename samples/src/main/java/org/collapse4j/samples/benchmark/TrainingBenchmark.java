package org.collapse4j.samples.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.samples.data.IdxImages;
import org.collapse4j.samples.model.OpenMpThreads;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Epochs of a training on images of Fashion-MNIST, in batches of 128: without a listener, and with
 * one after the other of several.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-XX:+AlwaysPreTouch"}) // First touches of memory are no part of it.
@Warmup(iterations = 8)
@Measurement(iterations = 15)
public class TrainingBenchmark {
  private static final int BATCH = 128;
  private static final int SIDE = 28;
  private static final int PIXELS = SIDE * SIDE;
  private static final int CLASSES = 10;

  /** The network, and the iterations of an epoch. */
  @Param({"dense:78", "dense:469", "lenet:78", "tiny:100", "tiny:20"})
  public String training;

  /** Whether DL4J's StatsListener is among the listeners; with it a round takes twice as long. */
  @Param("true")
  public boolean yardsticks;

  private final Map<String, List<TrainingListener>> listeners = new LinkedHashMap<>();
  private MultiLayerNetwork network;
  private List<DataSet> batches;

  /** A network and its data, in memory. */
  @Setup(Level.Trial)
  public void prepare() {
    OpenMpThreads.oneUnlessChosen();
    String[] parts = training.split(":", -1);
    network = network(parts[0]);
    batches = batches(Integer.parseInt(parts[1]));
    listeners.put("no listener", List.of());
    listeners.put("NeuralCollapseListener", List.of(new NeuralCollapseListener()));
    listeners.put(
        "NeuralCollapseListener, the stream",
        List.of(NeuralCollapseListener.builder().sample(0).stream(true).build()));
    listeners.put(
        "the stream without the covariance",
        List.of(
            NeuralCollapseListener.builder().sample(0).stream(true).covarianceLimit(0).build()));
    if (yardsticks) {
      addYardsticks();
    }
  }

  private void addYardsticks() {
    listeners.put("StatsListener", List.of(new StatsListener(new InMemoryStatsStorage())));
    listeners.put(
        "StatsListener, every iteration",
        List.of(new StatsListener(new InMemoryStatsStorage(), 1)));
  }

  private static MultiLayerNetwork network(String name) {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Nesterovs(0.01, 0.9))
            .activation(Activation.RELU)
            .list();
    switch (name) {
      case "dense" -> layers.layer(dense(512)).layer(dense(512)).layer(dense(512));
      case "tiny" -> layers.layer(dense(20));
      case "lenet" ->
          layers
              .layer(convolution(20))
              .layer(maximum())
              .layer(convolution(50))
              .layer(maximum())
              .layer(dense(500));
      default -> throw new IllegalArgumentException("There is no network \"" + name + "\"");
    }
    layers.layer(
        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
            .nOut(CLASSES)
            .activation(Activation.SOFTMAX)
            .build());
    InputType input =
        name.equals("lenet")
            ? InputType.convolutionalFlat(SIDE, SIDE, 1)
            : InputType.feedForward(PIXELS);
    MultiLayerNetwork network = new MultiLayerNetwork(layers.setInputType(input).build());
    network.init();
    return network;
  }

  private static DenseLayer dense(int units) {
    return new DenseLayer.Builder().nOut(units).build();
  }

  private static ConvolutionLayer convolution(int filters) {
    return new ConvolutionLayer.Builder(5, 5)
        .convolutionMode(ConvolutionMode.Same)
        .nOut(filters)
        .build();
  }

  private static SubsamplingLayer maximum() {
    return new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build();
  }

  private static List<DataSet> batches(int count) {
    try {
      DataSet images = IdxImages.fashionMnistMini().train();
      images.shuffle(1);
      List<DataSet> all = images.batchBy(BATCH);
      all.removeIf(batch -> batch.numExamples() < BATCH);
      List<DataSet> chosen = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        chosen.add(all.get(i % all.size()));
      }
      return chosen;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DataSetIterator data() {
    return new ExistingDataSetIterator(batches);
  }

  /** An epoch without a listener, and one with each of them. */
  @Benchmark
  public double epochs(Ratios ratios) {
    listeners.forEach(
        (name, those) -> {
          network.setListeners(those);
          ratios.time(name, () -> network.fit(data()));
        });
    return network.score();
  }

  /**
   * A pass over all data by {@code output}, and one with all metrics: a probe. The metrics need
   * features of two passes where they are too many to be kept.
   */
  @Benchmark
  public double probe(Ratios ratios) {
    ratios.time("output", this::outputs);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().sample(0).trainProbe(data()).build();
    network.setListeners(listener);
    ratios.time("a probe", () -> listener.observe(network));
    return listener.failureCount();
  }

  private void outputs() {
    DataSetIterator data = data();
    while (data.hasNext()) {
      INDArray output = network.output(data.next().getFeatures());
      output.close();
    }
  }
}
