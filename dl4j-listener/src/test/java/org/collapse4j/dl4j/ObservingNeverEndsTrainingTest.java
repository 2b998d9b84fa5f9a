package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Whatever is thrown by a sink or a probe: training goes on, and it is counted and told. */
class ObservingNeverEndsTrainingTest {
  private static final int EPOCHS = 3;

  private final DataSet data = Training.clusters(48, 1);

  @ParameterizedTest
  @MethodSource("org.collapse4j.dl4j.Thrown#kinds")
  void aSinkThatThrowsIsCountedAndTrainingGoesOn(Thrown failure) {
    List<Observation> written = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(false)
            .trainProbe(Training.batches(data, 16))
            .sink(observation -> failure.raise())
            .sink(written::add)
            .build();
    assertTrainsAsWithout(listener);
    assertEquals(EPOCHS, written.size());
    assertEquals(EPOCHS, listener.failureCount());
  }

  @ParameterizedTest
  @MethodSource("org.collapse4j.dl4j.Thrown#kinds")
  void aProbeThatThrowsIsCountedAndTrainingGoesOn(Thrown failure) {
    List<Observation> written = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(false)
            .trainProbe(Training.batches(data, 16))
            .heldOutProbe(
                new BatchesIterator(List.of()) {
                  private static final long serialVersionUID = 1L;

                  @Override
                  public boolean hasNext() {
                    return true;
                  }

                  @Override
                  public MultiDataSet next() {
                    failure.raise();
                    return null;
                  }
                })
            .sink(written::add)
            .build();
    assertTrainsAsWithout(listener);
    assertEquals(EPOCHS, written.stream().filter(o -> o.split().equals("train")).count());
    assertEquals(EPOCHS, listener.failureCount());
  }

  @ParameterizedTest
  @MethodSource("org.collapse4j.dl4j.Thrown#kinds")
  void aClockThatThrowsIsCountedAndTrainingGoesOn(Thrown failure) {
    List<Observation> written = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(Training.batches(data, 16))
            .clock(
                new ClockOf(
                    () -> {
                      failure.raise();
                      return Instant.now();
                    }))
            .sink(written::add)
            .build();
    assertTrainsAsWithout(listener);
    assertEquals(EPOCHS, written.size());
    assertTrue(written.stream().allMatch(o -> o.time().isEmpty() && o.started().isEmpty()));
    assertEquals(1 + EPOCHS, listener.failureCount(), "at the start and in each epoch");
  }

  private void assertTrainsAsWithout(NeuralCollapseListener listener) {
    float[] without = train();
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(without, train(listener));
      assertEquals(1, told(log).size(), told(log).toString());
    }
  }

  private float[] train(TrainingListener... listeners) {
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listeners);
    network.fit(Training.batches(data, 16), EPOCHS);
    return network.params().toFloatVector();
  }

  @Test
  @SuppressWarnings("removal") // What stops a thread is what is tested.
  void whatAsksTheThreadToStopPasses() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(false)
            .trainProbe(Training.batches(data, 16))
            .sink(observation -> Thrown.raise(new ThreadDeath()))
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    assertThrows(ThreadDeath.class, () -> listener.observe(network));
  }

  @Test
  void anInterruptionIsCountedAndKeepsTheThreadInterrupted() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(false)
            .trainProbe(Training.batches(data, 16))
            .sink(observation -> Thrown.raise(new InterruptedException("asked to stop")))
            .build();
    try (RecordedWarnings log = new RecordedWarnings()) {
      listener.observe(Training.multiLayerNetwork());
      assertTrue(Thread.interrupted(), "the thread is still to see that it was interrupted");
      assertEquals(1, listener.failureCount());
      assertEquals(1, told(log).size(), told(log).toString());
    } finally {
      Thread.interrupted();
    }
  }

  /** Fails with another message each time, for as long as it is told to. */
  private static final class ChangingFailure implements MetricSink {
    private int written;
    private boolean failing = true;

    @Override
    public void write(Observation observation) throws IOException {
      written++;
      if (failing) {
        throw new IOException("could not write /tmp/" + written + "-" + observation.epoch());
      }
    }
  }

  /** What is said of failures, not that these models are observed without having been trained. */
  private static List<String> told(RecordedWarnings log) {
    return log.lines().stream().filter(line -> !line.contains("no batch of training")).toList();
  }

  private NeuralCollapseListener writingTo(MetricSink sink) {
    DataSet few = Training.clusters(6, 2);
    return NeuralCollapseListener.builder().stream(false)
        .heldOutProbe(Training.batches(few, 6))
        .sink(sink)
        .build();
  }

  @Test
  void aFailingSinkWithChangingMessagesGivesOneLineAndOneMoreWhenItRecovers() {
    ChangingFailure sink = new ChangingFailure();
    NeuralCollapseListener listener = writingTo(sink);
    MultiLayerNetwork network = Training.multiLayerNetwork();
    try (RecordedWarnings log = new RecordedWarnings()) {
      for (int epoch = 1; epoch <= 20; epoch++) {
        listener.observe(network, epoch);
      }
      assertEquals(20, listener.failureCount());
      assertEquals(1, told(log).size(), told(log).toString());
      sink.failing = false;
      listener.observe(network, 21);
      assertEquals(2, told(log).size(), "recovered: " + told(log));
      listener.observe(network, 22);
      assertEquals(2, told(log).size(), told(log).toString());
      assertEquals(20, listener.failureCount());
    }
  }

  /** Cannot be read, with another message each time, for as long as it is told to. */
  private static final class Unreadable extends BatchesIterator {
    private static final long serialVersionUID = 1L;
    private int asked;
    private boolean readable;

    Unreadable() {
      super(List.of(Training.clusters(6, 2).toMultiDataSet()));
    }

    @Override
    public void reset() {
      asked++;
      if (!readable) {
        throw new IllegalStateException("could not read /tmp/" + asked);
      }
      super.reset();
    }
  }

  private static NeuralCollapseListener reading(Unreadable data) {
    return NeuralCollapseListener.builder().stream(false)
        .heldOutProbe(data)
        .sink(observation -> {})
        .build();
  }

  @Test
  void aFailingProbeOf300EpochsGivesOneLineAndOneMoreWhenItRecovers() {
    Unreadable data = new Unreadable();
    NeuralCollapseListener listener = reading(data);
    MultiLayerNetwork network = Training.multiLayerNetwork();
    try (RecordedWarnings log = new RecordedWarnings()) {
      for (int epoch = 1; epoch <= 300; epoch++) {
        listener.observe(network, epoch);
      }
      assertEquals(300, listener.failureCount());
      assertEquals(1, told(log).size(), told(log).toString());
      assertTrue(told(log).get(0).contains("\"heldout\""), told(log).get(0));
      data.readable = true;
      assertEquals(1, listener.observe(network, 301).size());
      assertEquals(2, told(log).size(), "recovered: " + told(log));
      listener.observe(network, 302);
      assertEquals(2, told(log).size(), told(log).toString());
    }
  }

  @Test
  void everyThousandthFailureIsSaidAgain() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(false)
            .heldOutProbe(new Unreadable())
            .sink(observation -> {})
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    List<Integer> saidAt = new ArrayList<>();
    try (RecordedWarnings log = new RecordedWarnings()) {
      for (int failure = 1; failure <= 2001; failure++) {
        int before = told(log).size();
        listener.observe(network, failure);
        if (told(log).size() > before) {
          saidAt.add(failure);
        }
      }
      assertEquals(List.of(1, 1000, 2000), saidAt, told(log).toString());
    }
  }

  @Test
  void anotherKindOfFailureAtTheSamePlaceIsSaidToo() {
    boolean[] deeper = new boolean[1];
    NeuralCollapseListener listener =
        writingTo(
            observation -> {
              if (deeper[0]) {
                throw new IllegalStateException("closed");
              }
              throw new IOException("disk full");
            });
    MultiLayerNetwork network = Training.multiLayerNetwork();
    try (RecordedWarnings log = new RecordedWarnings()) {
      listener.observe(network, 1);
      deeper[0] = true;
      listener.observe(network, 2);
      listener.observe(network, 3);
      assertEquals(2, told(log).size(), told(log).toString());
      assertEquals(3, listener.failureCount());
    }
  }

  @Test
  void nothingInTheListenerGrowsWithTheNumberOfFailures() {
    NeuralCollapseListener listener = writingTo(new ChangingFailure());
    NeuralCollapseListener withoutFailures = writingTo(observation -> {});
    MultiLayerNetwork network = Training.multiLayerNetwork();
    try (RecordedWarnings log = new RecordedWarnings()) {
      for (int epoch = 1; epoch <= 10; epoch++) {
        listener.observe(network, epoch);
        withoutFailures.observe(network, epoch);
      }
      // What is kept of observations is there without failures too, and bounded for itself.
      long before = elementsHeldBy(listener) - elementsHeldBy(withoutFailures);
      for (int epoch = 11; epoch <= 40; epoch++) {
        listener.observe(network, epoch);
        withoutFailures.observe(network, epoch);
      }
      long after = elementsHeldBy(listener) - elementsHeldBy(withoutFailures);
      assertEquals(before, after, "elements of collections and arrays");
      assertEquals(40, listener.failureCount());
      assertTrue(told(log).size() < 40);
    }
  }

  /** How many elements all collections hold that the library's own objects refer to. */
  private static long elementsHeldBy(Object root) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>(List.of(root));
    long elements = 0;
    while (!open.isEmpty()) {
      Object object = open.pop();
      if (!seen.add(object)) {
        continue;
      }
      if (object instanceof Collection<?> collection) {
        elements += collection.size();
        collection.stream().filter(e -> e != null).forEach(open::push);
      } else if (object instanceof Map<?, ?> map) {
        elements += map.size();
        map.keySet().forEach(open::push);
        map.values().stream().filter(e -> e != null).forEach(open::push);
      } else if (object instanceof Object[] array) {
        elements += array.length;
        Arrays.stream(array).filter(e -> e != null).forEach(open::push);
      } else if (object.getClass().getName().startsWith("org.collapse4j")) {
        fieldsOf(object).forEach(open::push);
      }
    }
    return elements;
  }

  private static List<Object> fieldsOf(Object object) {
    List<Object> values = new ArrayList<>();
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      if (!type.getName().startsWith("org.collapse4j")) {
        continue;
      }
      for (Field field : type.getDeclaredFields()) {
        Object value = value(field, object);
        if (value != null) {
          values.add(value);
        }
      }
    }
    return values;
  }

  private static Object value(Field field, Object object) {
    if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
      return null;
    }
    try {
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field.toString(), e);
    }
  }
}
