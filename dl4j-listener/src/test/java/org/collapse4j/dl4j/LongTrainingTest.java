package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.collapse4j.OpenFiles;
import org.collapse4j.log.CsvSink;
import org.collapse4j.log.MicrometerSink;
import org.collapse4j.log.TensorBoardSink;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.SpecifiedIndex;

/** What a listener with every sink holds does not grow with the epochs of a training. */
class LongTrainingTest {
  private static final int WARM = 100;
  private static final int EPOCHS = 400;

  /**
   * Numbers of observations are kept for verdicts, up to some two thousand, and DL4J keeps what its
   * own threads have not yet freed: some 3 kB an epoch together.
   */
  private static final long MOST_ON_THE_HEAP = 10_000L * (EPOCHS - WARM);

  private static final long PROCESS = 32 << 20;

  @TempDir Path folder;

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(5).activation(Activation.TANH).build())
                .layer(
                    new OutputLayer.Builder().nIn(5).nOut(3).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    return network;
  }

  private static DataSet data() {
    Nd4j.getRandom().setSeed(1);
    int[] classes = new int[48];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = i % 3;
    }
    return new DataSet(Nd4j.randn(48, 6), Nd4j.eye(3).get(new SpecifiedIndex(classes)));
  }

  /** What is held at a time: on the heap, by the whole process, and in open files. */
  private record Held(long heap, long process, long files) {
    static Held now() throws InterruptedException {
      long heap = Long.MAX_VALUE;
      for (int i = 0; i < 25; i++) {
        System.gc();
        Thread.sleep(100); // For ND4J's threads, which free what the collector has found.
        Runtime runtime = Runtime.getRuntime();
        heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
      }
      return new Held(heap, Pointer.physicalBytes(), OpenFiles.count());
    }
  }

  @Test
  void itHoldsNoMoreLaterThanSoon() throws IOException, InterruptedException {
    MultiLayerNetwork network = network();
    ExistingDataSetIterator data = new ExistingDataSetIterator(data().batchBy(16));
    try (CsvSink csv = new CsvSink(folder.resolve("log.csv"));
        TensorBoardSink board = new TensorBoardSink(folder.resolve("board"));
        MicrometerSink gauges = new MicrometerSink(new SimpleMeterRegistry());
        NeuralCollapseListener listener =
            NeuralCollapseListener.builder().run("long").stream(true)
                .jsonLines(folder.resolve("log.jsonl"))
                .sink(csv)
                .sink(board)
                .sink(gauges)
                .build()) {
      network.setListeners(listener);
      network.fit(data, WARM);
      Held soon = Held.now();
      network.fit(data, EPOCHS - WARM);
      Held late = Held.now();
      assertEquals(0, listener.failureCount());
      OpenFiles.assertNoMoreThan(soon.files());
      assertTrue(late.process() - soon.process() < PROCESS, soon + " then " + late);
      assertTrue(late.heap() - soon.heap() < MOST_ON_THE_HEAP, soon + " then " + late);
    }
  }
}
