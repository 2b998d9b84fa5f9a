package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.collapse4j.dashboard.Dashboard;
import org.collapse4j.dashboard.DashboardServer;
import org.collapse4j.log.CsvSink;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;

/**
 * What may be used by several threads is, all at once: totals are exact and nothing is torn. {@code
 * -Dcollapse4j.seconds=N} keeps each test at it for N seconds instead of one.
 */
class ManyThreadsTest {
  private static final int THREADS = 8;
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("collapse4j.seconds", 1));

  @TempDir Path folder;

  /** Does something over and over in each of the threads. */
  @FunctionalInterface
  private interface Work {
    void round(int thread, int round) throws Exception;
  }

  /** How many rounds all threads have done when the time is over, each at least one. */
  private static int[] inParallel(int threads, Work work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long end = System.nanoTime() + TIME.toNanos();
      List<Callable<Integer>> all = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int own = thread;
        all.add(
            () -> {
              int round = 0;
              do {
                work.round(own, round++);
              } while (System.nanoTime() < end);
              return round;
            });
      }
      List<Integer> rounds = new ArrayList<>();
      for (Future<Integer> done : pool.invokeAll(all)) {
        rounds.add(done.get());
      }
      return rounds.stream().mapToInt(Integer::intValue).toArray();
    } finally {
      pool.shutdownNow();
    }
  }

  private static Observation observation(int thread, int round) {
    Measurements values = Measurements.builder().put(Metric.NC1_PINV, thread + 0.5).build();
    return new Observation("run " + thread, round, round, "train", "output", values);
  }

  @Test
  void sinksSharedByThreadsLoseNothing() throws Exception {
    Path json = folder.resolve("log.jsonl");
    Path csv = folder.resolve("log.csv");
    int[] rounds;
    try (MetricSink first = new JsonLinesSink(json);
        MetricSink second = new CsvSink(csv);
        MetricSink again = new JsonLinesSink(json)) {
      rounds =
          inParallel(
              THREADS,
              (thread, round) -> {
                (thread % 2 == 0 ? first : again).write(observation(thread, round));
                second.write(observation(thread, round));
              });
    }
    for (Path file : List.of(json, csv)) {
      MetricLog log = MetricLog.read(file);
      assertEquals(List.of(), log.warnings());
      for (int thread = 0; thread < THREADS; thread++) {
        String run = "run " + thread;
        assertEquals(
            IntStream.range(0, rounds[thread]).boxed().toList(),
            log.observations().stream()
                .filter(o -> o.run().equals(run))
                .map(Observation::epoch)
                .toList(),
            run);
      }
    }
  }

  @Test
  void partsGatheredByThreadsAreTheWhole() throws Exception {
    DataSet data = Training.clusters(300, 1);
    int[] classes = data.getLabels().argMax(1).toIntVector();
    ClassStatistics[] sums = new ClassStatistics[THREADS];
    Arrays.fill(sums, ClassStatistics.empty(Training.CLASSES, Training.INPUTS));
    int[] rounds =
        inParallel(
            THREADS,
            (thread, round) -> {
              try (ClassStatisticsAccumulator accumulator =
                  ClassStatisticsAccumulator.forClasses(Training.CLASSES)) {
                accumulator.observe(data.getFeatures(), classes);
                sums[thread] = sums[thread].merge(accumulator.snapshot());
              }
            });
    ClassStatistics all = Arrays.stream(sums).reduce(ClassStatistics::merge).orElseThrow();
    assertEquals(300L * IntStream.of(rounds).sum(), all.totalCount());
    try (ClassStatisticsAccumulator once =
        ClassStatisticsAccumulator.forClasses(Training.CLASSES)) {
      once.observe(data.getFeatures(), classes);
      double expected = once.snapshot().withinClassTrace();
      assertEquals(expected, all.withinClassTrace(), 1e-12 * expected);
      assertTrue(once.snapshot().classMeans().equalsWithEps(all.classMeans(), 1e-12));
    }
  }

  /** One thread trains, others ask the listener everything that it can be asked. */
  @Test
  void aListenerIsReadWhileItObserves() throws Exception {
    List<Observation> written = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(Training.batches(Training.clusters(48, 1), 48))
            .sink(written::add)
            .failFast(true)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    AtomicLong latest = new AtomicLong();
    int[] rounds =
        inParallel(
            THREADS,
            (thread, round) -> {
              if (thread == 0) {
                listener.observe(network, round + 1);
                latest.set(round + 1);
                return;
              }
              long before = latest.get();
              long epoch =
                  listener.lastObservation(Observation.TRAIN).map(Observation::epoch).orElse(0);
              assertTrue(epoch >= before, epoch + " after " + before);
              assertEquals(0, listener.failureCount());
              listener.verdicts();
            });
    assertEquals(
        IntStream.rangeClosed(1, rounds[0]).boxed().toList(),
        written.stream().map(Observation::epoch).toList());
  }

  @Test
  void aServerAnswersWholePagesWhileTheLogGrows() throws Exception {
    Path json = folder.resolve("log.jsonl");
    try (MetricSink sink = new JsonLinesSink(json)) {
      sink.write(observation(0, 1));
      try (DashboardServer server =
          DashboardServer.start(0, () -> Dashboard.of(MetricLog.read(json)))) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
        inParallel(
            THREADS,
            (thread, round) -> {
              if (thread == 0) {
                sink.write(observation(0, round + 2));
                return;
              }
              HttpResponse<String> page =
                  client.send(request, HttpResponse.BodyHandlers.ofString());
              assertEquals(200, page.statusCode(), page.body());
              assertTrue(page.body().stripTrailing().endsWith("</html>"), "cut off");
            });
      }
    }
  }
}
