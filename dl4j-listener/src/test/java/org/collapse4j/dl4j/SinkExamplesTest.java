package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.MicrometerSink;
import org.collapse4j.log.Observation;
import org.collapse4j.log.SerialSink;
import org.collapse4j.log.StatsStorageSink;
import org.collapse4j.log.TensorBoardSink;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.api.UIServer;
import org.deeplearning4j.ui.model.storage.sqlite.J7FileStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** The examples of README and Javadoc that need an optional dependency. */
class SinkExamplesTest {
  private final MultiLayerNetwork network = Training.multiLayerNetwork();

  @Test
  void tensorBoard() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().sink(new TensorBoardSink(Path.of("runs"))).build();
    listener.requireMeasurable(network);
  }

  @Test
  void prometheus() throws Exception {
    int port = 0;
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          byte[] page = registry.scrape().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, page.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(page);
          }
        });
    server.start();
    network.addListeners(
        NeuralCollapseListener.builder().sink(new MicrometerSink(registry)).build());

    network.fit(Training.batches(Training.clusters(90, 1), 30), 1);
    assertTrue(scraped(server.getAddress().getPort()).contains("collapse4j_nc1_pinv{"));
    server.stop(0);
  }

  @Test
  void aLambda() {
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().sink(observations::add).build();
    network.addListeners(listener);
    network.fit(Training.batches(Training.clusters(90, 1), 30), 2);
    assertEquals(2, observations.size());
  }

  @Test
  void verdicts() {
    NeuralCollapseListener listener = new NeuralCollapseListener();
    network.addListeners(listener);
    DataSetIterator trainBatches = Training.batches(Training.clusters(90, 1), 30);
    RecordedLog log = new RecordedLog();
    network.fit(trainBatches, 20);
    listener.verdicts().forEach(verdict -> log.info("{}", verdict.text()));
    assertTrue(log.lines.get(0).contains("collapse"), log.lines.toString());
  }

  /** Stands in for a project's own log. */
  private static final class RecordedLog {
    final List<String> lines = new ArrayList<>();

    void info(String pattern, String line) {
      lines.add(pattern.replace("{}", line));
    }
  }

  @Test
  void aSinkOfOnesOwn(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("accuracy");
    try (MetricSink sink = new AccuracyFile(path)) {
      network.addListeners(NeuralCollapseListener.builder().sink(sink).build());
      network.fit(Training.batches(Training.clusters(90, 1), 30), 2);
    }
    List<String> lines = Files.readAllLines(path);
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(lines.get(1).matches("2 (stream|train) [01]\\.\\d+"), lines.get(1));
  }

  static final class AccuracyFile extends SerialSink {
    private final Writer file;

    AccuracyFile(Path path) throws IOException {
      file = Files.newBufferedWriter(path);
    }

    @Override
    protected void put(Observation observation) throws IOException {
      double accuracy = observation.measurements().value(Metric.ACCURACY);
      file.write(observation.epoch() + " " + observation.split() + " " + accuracy + "\n");
      file.flush();
    }

    @Override
    protected void release() throws IOException {
      file.close();
    }
  }

  private static String scraped(int port) throws IOException, InterruptedException {
    URI page = URI.create("http://127.0.0.1:" + port + "/metrics");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    return answer.body();
  }

  /** Compiled only: the server would take its usual port, and the storage a file. */
  @SuppressWarnings("unused")
  private void deeplearning4jsServer() {
    StatsStorage storage = new J7FileStatsStorage(new File("runs/collapse.sqlite"));
    UIServer.getInstance().attach(storage);
    network.addListeners(
        NeuralCollapseListener.builder().sink(new StatsStorageSink(storage)).build());
  }
}
