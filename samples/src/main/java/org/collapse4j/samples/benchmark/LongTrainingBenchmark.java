package org.collapse4j.samples.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.log.CsvSink;
import org.collapse4j.log.TensorBoardSink;
import org.collapse4j.samples.data.IdxImages;
import org.collapse4j.samples.model.Mlp;
import org.collapse4j.samples.model.OpenMpThreads;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A training of two thousand epochs with the sinks that write files: each measurement is a hundred
 * epochs, after which it says what the process holds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 19)
public class LongTrainingBenchmark {
  private static final int EPOCHS = 100;
  private static final int BATCH = 128;
  private static final int BATCHES = 4;
  private static final int PIXELS = 784;
  private static final int CLASSES = 10;

  /** Whether the page is one of the files: it is rewritten after every epoch. */
  @Param({"false", "true"})
  public boolean page;

  private Path folder;
  private MultiLayerNetwork network;
  private List<DataSet> batches;
  private CsvSink csv;
  private TensorBoardSink board;
  private NeuralCollapseListener listener;

  /** A small network and its data. */
  @Setup(Level.Trial)
  public void prepare() throws IOException {
    OpenMpThreads.oneUnlessChosen();
    folder = Files.createTempDirectory("collapse4j");
    DataSet images = IdxImages.fashionMnistMini().train();
    images.shuffle(1);
    batches = images.batchBy(BATCH).subList(0, BATCHES);
    network = Mlp.builder(PIXELS, CLASSES).widths(List.of(20)).batchNorm(false).build();
    csv = new CsvSink(folder.resolve("log.csv"));
    board = new TensorBoardSink(folder.resolve("board"));
    NeuralCollapseListener.Builder options =
        NeuralCollapseListener.builder()
            .jsonLines(folder.resolve("log.jsonl"))
            .sink(csv)
            .sink(board);
    if (page) {
      options.dashboard(folder.resolve("page.html"));
    }
    listener = options.build();
    network.setListeners(listener);
  }

  /** A hundred epochs. */
  @Benchmark
  public double epochs() {
    network.fit(new ExistingDataSetIterator(batches), EPOCHS);
    return network.score();
  }

  /** Prints what the process holds. */
  @TearDown(Level.Iteration)
  public void held() throws IOException, InterruptedException {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      System.gc();
      Thread.sleep(100); // For ND4J's threads, which free what the collector has found.
      heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    System.out.printf(
        Locale.ROOT,
        "after epoch %d: heap %.1f MB, process %d MB, %s open files, %d failures; ",
        network.getEpochCount(),
        heap / 1e6,
        Pointer.physicalBytes() / 1_000_000,
        openFiles(),
        listener.failureCount());
  }

  private static String openFiles() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return "unknown";
    }
    try (Stream<Path> all = Files.list(descriptors)) {
      return String.valueOf(all.count());
    }
  }

  /** Closes the sinks; the folder of logs is left to the system. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    listener.close();
    csv.close();
    board.close();
  }
}
