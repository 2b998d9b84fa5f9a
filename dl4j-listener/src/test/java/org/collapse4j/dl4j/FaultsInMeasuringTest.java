package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.collapse4j.log.CsvSink;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.log.TensorBoardSink;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Faults by places, each while a network trains: the parameters are the same to the bit as without
 * the listener, every other sink has every observation, failures are counted, and at most three
 * lines are logged.
 */
class FaultsInMeasuringTest {
  private static final int EPOCHS = 4;
  private static final int MOST_LINES = 3;

  private final Locale locale = Locale.getDefault();
  private final TimeZone zone = TimeZone.getDefault();
  private final DataSet data = Training.clusters(48, 1);

  /** The parameters that training ends with where nobody observes it. */
  private static float[] without;

  @TempDir Path folder;

  /** What goes wrong each time that it is called; the listener is the one that measures. */
  @FunctionalInterface
  interface Fault {
    void happen(NeuralCollapseListener listener) throws Exception;
  }

  /** Where it goes wrong, by the options that a listener is built with. */
  @FunctionalInterface
  interface Place {
    NeuralCollapseListener.Builder with(Options options, Callable<Void> fault);
  }

  /** What a place adds to. */
  record Options(NeuralCollapseListener.Builder builder, DataSet data) {}

  private static Map<String, Fault> faults() {
    Map<String, Fault> faults = new LinkedHashMap<>();
    faults.put(
        "exception",
        listener -> {
          throw new IllegalStateException("closed");
        });
    faults.put(
        "checked exception",
        listener -> {
          throw new IOException("disk full");
        });
    faults.put(
        "error",
        listener -> {
          throw new StackOverflowError("too deep");
        });
    faults.put(
        "no memory",
        listener -> {
          throw new OutOfMemoryError("too much");
        });
    faults.put("interrupt", listener -> Thread.currentThread().interrupt());
    faults.put(
        "interruption",
        listener -> {
          throw new InterruptedException("asked to stop");
        });
    faults.put("locale", listener -> Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab")));
    faults.put("Turkish", listener -> Locale.setDefault(Locale.forLanguageTag("tr-TR")));
    faults.put("clock", listener -> TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia")));
    faults.put("random numbers", listener -> Nd4j.getRandom().setSeed(99));
    faults.put("garbage", listener -> System.gc());
    faults.put("asks the listener", FaultsInMeasuringTest::ask);
    faults.put("closes the listener", NeuralCollapseListener::close);
    return faults;
  }

  private static void ask(NeuralCollapseListener listener) {
    listener.lastObservation(Observation.TRAIN);
    listener.verdicts();
    listener.failureCount();
  }

  private static Map<String, Place> places() {
    Map<String, Place> places = new LinkedHashMap<>();
    places.put("sink", (options, fault) -> options.builder.sink(observation -> call(fault)));
    places.put(
        "sink that writes moments",
        (options, fault) ->
            options.builder.sink(
                new MetricSink() {
                  @Override
                  public void write(Observation observation) {}

                  @Override
                  public void writeAll(List<Observation> moment) {
                    call(fault);
                  }
                }));
    places.put(
        "reset of a probe",
        (options, fault) -> options.builder.heldOutProbe(new Faulty(options.data, fault, true)));
    places.put(
        "batch of a probe",
        (options, fault) -> options.builder.heldOutProbe(new Faulty(options.data, fault, false)));
    return places;
  }

  private static void call(Callable<Void> fault) {
    try {
      fault.call();
    } catch (Exception e) {
      Thrown.raise(e);
    }
  }

  /** Data at which something goes wrong. */
  private static final class Faulty extends BatchesIterator {
    private static final long serialVersionUID = 1L;
    private final transient Callable<Void> fault;
    private final boolean onReset;

    Faulty(DataSet data, Callable<Void> fault, boolean onReset) {
      super(List.of(data.copy().toMultiDataSet()));
      this.fault = fault;
      this.onReset = onReset;
    }

    @Override
    public void reset() {
      if (onReset) {
        call(fault);
      }
      super.reset();
    }

    @Override
    public MultiDataSet next() {
      if (!onReset) {
        call(fault);
      }
      return super.next();
    }
  }

  @AfterEach
  void asItWas() {
    Thread.interrupted();
    Locale.setDefault(locale);
    TimeZone.setDefault(zone);
  }

  static Stream<String> combinations() {
    return faults().keySet().stream()
        .flatMap(fault -> places().keySet().stream().map(place -> fault + " / " + place));
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void trainingIsAsWithout(String combination) throws IOException {
    String[] names = combination.split(" / ", -1);
    Fault fault = faults().get(names[0]);
    AtomicReference<NeuralCollapseListener> built = new AtomicReference<>();
    List<Observation> written = new ArrayList<>();
    NeuralCollapseListener listener =
        places()
            .get(names[1])
            .with(
                new Options(withFiles().trainProbe(Training.batches(data, 16)), data),
                () -> {
                  fault.happen(built.get());
                  return null;
                })
            .sink(written::add)
            .build();
    built.set(listener);
    assertTrainsAsWithout(listener);
    int expected = names[0].equals("closes the listener") ? 1 : EPOCHS;
    assertEquals(expected, ofTraining(written), "observations of the sink behind the faulty one");
    for (String file : List.of("log.jsonl", "log.csv")) {
      MetricLog log = MetricLog.read(folder.resolve(file));
      assertEquals(List.of(), log.warnings());
      assertEquals(expected, ofTraining(log.observations()), file);
    }
    boolean throwing =
        List.of("exception", "checked exception", "error", "no memory", "interruption")
            .contains(names[0]);
    assertEquals(throwing ? EPOCHS : 0, listener.failureCount(), "failures");
  }

  private NeuralCollapseListener.Builder withFiles() {
    return NeuralCollapseListener.builder()
        .sink(new JsonLinesSink(folder.resolve("log.jsonl")))
        .sink(new CsvSink(folder.resolve("log.csv")))
        .sink(new TensorBoardSink(folder.resolve("board")));
  }

  private static long ofTraining(List<Observation> observations) {
    return observations.stream().filter(o -> o.split().equals(Observation.TRAIN)).count();
  }

  private void assertTrainsAsWithout(NeuralCollapseListener listener) {
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(trainedWithout(), train(listener), "parameters");
      assertTrue(log.lines().size() <= MOST_LINES, log.lines().toString());
    }
  }

  private float[] trainedWithout() {
    if (without == null) {
      without = train();
    }
    return without;
  }

  private float[] train(TrainingListener... listeners) {
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listeners);
    network.fit(new ExistingDataSetIterator(data.batchBy(16)), EPOCHS);
    return network.params().toFloatVector();
  }

  /** Examples that cannot be measured, or not in part. */
  static Map<String, DataSet> badData() {
    DataSet good = Training.clusters(48, 2);
    Map<String, DataSet> bad = new LinkedHashMap<>();
    bad.put("too wide", new DataSet(Nd4j.rand(48, Training.INPUTS + 1), good.getLabels()));
    bad.put("of images", new DataSet(Nd4j.rand(48, 1, 2, 3), good.getLabels()));
    bad.put("without labels", new DataSet(good.getFeatures(), null));
    bad.put("of other classes", new DataSet(good.getFeatures(), Nd4j.ones(48, 7)));
    bad.put("of NaN", new DataSet(good.getFeatures().mul(Double.NaN), good.getLabels()));
    bad.put(
        "of infinities",
        new DataSet(good.getFeatures().mul(Double.POSITIVE_INFINITY), good.getLabels()));
    bad.put("of NaN labels", new DataSet(good.getFeatures(), good.getLabels().mul(Double.NaN)));
    bad.put("of one class", good.filterBy(new int[] {1}));
    INDArray half = good.getFeatures().castTo(DataType.FLOAT16);
    bad.put("of float16", new DataSet(half, good.getLabels()));
    return bad;
  }

  static Stream<String> namesOfBadData() {
    return badData().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("namesOfBadData")
  void aProbeOfExamplesThatCannotBeMeasured(String name) {
    DataSet bad = badData().get(name);
    List<Observation> written = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(Training.batches(data, 16))
            .heldOutProbe(new BatchesIterator(List.of(bad.toMultiDataSet())))
            .sink(written::add)
            .build();
    assertTrainsAsWithout(listener);
    assertEquals(EPOCHS, ofTraining(written));
  }

  static Stream<String> badFiles() {
    return Stream.of("a folder", "below a file", "no log", "deleted", "a full device");
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void aFileThatCannotBeWritten(String name) throws IOException {
    Path bad = badFile(name);
    List<Observation> written = new ArrayList<>();
    NeuralCollapseListener listener =
        withFiles()
            .trainProbe(Training.batches(data, 16))
            .sink(new CsvSink(bad))
            .sink(
                observation -> {
                  written.add(observation);
                  if (name.equals("deleted")) {
                    Files.delete(bad);
                  }
                })
            .build();
    assertTrainsAsWithout(listener);
    assertEquals(EPOCHS, ofTraining(written));
    assertEquals(EPOCHS, MetricLog.read(folder.resolve("log.jsonl")).observations().size());
    assertEquals(EPOCHS, MetricLog.read(folder.resolve("log.csv")).observations().size());
    assertEquals(name.equals("deleted") ? 0 : EPOCHS, listener.failureCount());
  }

  private Path badFile(String name) throws IOException {
    Path file = folder.resolve("bad.csv");
    switch (name) {
      case "a folder" -> Files.createDirectory(file);
      case "below a file" -> {
        Files.writeString(file, "");
        return file.resolve("log.csv");
      }
      case "no log" -> Files.writeString(file, "name,age\nAda,36\n");
      case "a full device" -> {
        Path full = new File("/dev/full").toPath();
        return Files.exists(full) ? full : folder;
      }
      default -> {}
    }
    return file;
  }

  /** Hangs when it is first written to, until it is released. */
  private static final class Hanging implements MetricSink {
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch hangs = new CountDownLatch(1);
    private final CountDownLatch written;
    private final List<Integer> epochs = new ArrayList<>();

    Hanging(int moments) {
      written = new CountDownLatch(moments);
    }

    @Override
    public void write(Observation observation) {
      hangs.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      synchronized (epochs) {
        epochs.add(observation.epoch());
      }
      written.countDown();
    }
  }

  @Test
  void aSinkThatHangsIsLeftBehindAndCatchesUp() throws Exception {
    Hanging hanging = new Hanging(EPOCHS);
    List<Observation> written = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(Training.batches(data, 16))
            .sink(hanging)
            .sink(written::add)
            .sinkTimeout(Duration.ofMillis(100))
            .build();
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(trainedWithout(), train(listener));
      assertEquals(EPOCHS, ofTraining(written), "of the other sink");
      assertEquals(1, listener.failureCount());
      assertEquals(1, log.lines().size(), log.lines().toString());
      assertTrue(log.lines().get(0).contains("Hanging"), log.lines().get(0));
      hanging.released.countDown();
      assertTrue(hanging.written.await(60, TimeUnit.SECONDS), hanging.epochs.toString());
      listener.close();
      assertEquals(IntStream.rangeClosed(1, EPOCHS).boxed().toList(), hanging.epochs);
      assertEquals(2, log.lines().size(), log.lines().toString());
    }
  }

  /** Training waits for the sink all the time, and others read meanwhile. */
  @Test
  void readingNeverWaitsForASink() throws Exception {
    Hanging hanging = new Hanging(1);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(Training.batches(data, 16))
            .sink(hanging)
            .sinkTimeout(Duration.ofMinutes(5))
            .build();
    Thread training = new Thread(() -> listener.observe(Training.multiLayerNetwork(), 1));
    training.start();
    hanging.hangs.await();
    assertEquals(1, listener.lastObservation(Observation.TRAIN).orElseThrow().epoch());
    assertTrue(listener.verdicts() != null);
    assertEquals(0, listener.failureCount());
    assertTrue(training.isAlive(), "training was to wait");
    hanging.released.countDown();
    training.join();
  }

  @Test
  void whatQueuesForASinkIsBounded() throws Exception {
    Hanging hanging = new Hanging(1);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(Training.batches(Training.clusters(6, 2), 6))
            .sink(hanging)
            .sinkTimeout(Duration.ofMillis(50))
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    try (RecordedWarnings log = new RecordedWarnings()) {
      for (int epoch = 1; epoch <= 150; epoch++) {
        listener.observe(network, epoch);
      }
      assertEquals(1 + 150 - 1 - 100, listener.failureCount());
      assertTrue(log.lines().size() <= MOST_LINES, log.lines().toString());
    }
    hanging.released.countDown();
  }

  @Test
  void aListenerWhoseSinkHangsCanBeClosed() {
    Hanging hanging = new Hanging(1);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(Training.batches(data, 16))
            .sink(hanging)
            .sinkTimeout(Duration.ofMillis(50))
            .build();
    try (RecordedWarnings log = new RecordedWarnings()) {
      listener.observe(Training.multiLayerNetwork(), 1);
    }
    IOException said = assertThrows(IOException.class, listener::close);
    assertTrue(said.getMessage().contains("Hanging"), said.getMessage());
    hanging.released.countDown();
  }

  @Test
  void aTimeoutIsPositive() {
    for (Duration bad : Arrays.asList(Duration.ZERO, Duration.ofSeconds(-1))) {
      IllegalArgumentException said =
          assertThrows(
              IllegalArgumentException.class,
              () -> NeuralCollapseListener.builder().sinkTimeout(bad));
      assertTrue(said.getMessage().contains(bad.toString()), said.getMessage());
    }
  }
}
