package org.collapse4j.samples.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.log.MicrometerSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.model.Mlp;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** A real Prometheus scrapes a training, as configured beside the samples, and is asked for it. */
class PrometheusTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String RUN = "two \"words\"\\";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MultiLayerNetwork network = Mlp.builder(4, 3).widths(List.of(8)).build();

  @TempDir Path folder;

  private static DataSetIterator batches(long seed) {
    Nd4j.getRandom().setSeed(seed);
    DataSet data = new DataSet(Nd4j.randn(30, 4), Nd4j.eye(3).repeat(0, 10));
    return new ExistingDataSetIterator(data.batchBy(10));
  }

  @Test
  void itFindsTheGaugesOfATraining() throws Exception {
    Optional<Path> program = Prometheus.program();
    assumeTrue(program.isPresent(), "there is no prometheus on the PATH (apt install prometheus)");
    int port = freePort();
    HttpServer server = serve(port);
    NeuralCollapseListener listener = train();
    try (Prometheus prometheus =
        Prometheus.start(program.get(), configuration(port), folder, freePort())) {
      awaitScrape(prometheus);
      for (Observation observation : listener.lastObservations()) {
        assertFound(prometheus, observation);
      }
      assertEveryPanelIsAnswered(prometheus);
      JsonNode described =
          prometheus.ask("metadata?metric=collapse4j_nc1_pinv").orElseThrow().at("/data");
      assertEquals(
          Metric.NC1_PINV.meaning(),
          described.at("/collapse4j_nc1_pinv/0/help").textValue(),
          described.toString());
    } finally {
      server.stop(0);
    }
  }

  private NeuralCollapseListener train() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .run(RUN)
            .trainProbe(batches(1))
            .heldOutProbe(batches(2))
            .sink(new MicrometerSink(registry))
            .failFast(true)
            .build();
    network.addListeners(listener);
    network.fit(batches(1), 3);
    return listener;
  }

  private HttpServer serve(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    return server;
  }

  /** The sample's, with this test's port and less patience. */
  private Path configuration(int port) throws IOException {
    String sample = Files.readString(GrafanaDashboard.FOLDER.resolve("prometheus.yml"));
    assertTrue(sample.contains("\"127.0.0.1:9464\"") && sample.contains("scrape_interval: 5s"));
    return Files.writeString(
        folder.resolve("prometheus.yml"),
        sample
            .replace("\"127.0.0.1:9464\"", "\"127.0.0.1:" + port + "\"")
            .replace("scrape_interval: 5s", "scrape_interval: 1s"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private void awaitScrape(Prometheus prometheus) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (prometheus.query("collapse4j_epoch").isEmpty()) {
      assertTrue(
          prometheus.isRunning() && Instant.now().isBefore(end),
          () -> "nothing was scraped: " + log());
      Thread.sleep(200);
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("prometheus.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void assertFound(Prometheus prometheus, Observation observation)
      throws InterruptedException {
    JsonNode series =
        prometheus.query(
            "{__name__=~\"collapse4j_.+\",metric!~\"epoch|iteration\",split=\""
                + observation.split()
                + "\",layer=\""
                + observation.layer()
                + "\"}");
    List<String> found = new ArrayList<>();
    for (JsonNode one : series) {
      String key = one.at("/metric/metric").textValue();
      Metric metric = Metric.withKey(key).orElseThrow();
      assertEquals(RUN, one.at("/metric/run").textValue());
      assertEquals(
          observation.measurements().value(metric),
          Double.parseDouble(one.at("/value/1").textValue()),
          key);
      found.add(key);
    }
    List<String> defined =
        observation.measurements().metrics().stream()
            .filter(m -> !Double.isNaN(observation.measurements().value(m)))
            .map(Metric::key)
            .sorted()
            .toList();
    assertEquals(defined, found.stream().sorted().toList());
  }

  /** With data, but for the panels on memorization, as this training's labels are all clean. */
  private static void assertEveryPanelIsAnswered(Prometheus prometheus) throws Exception {
    for (String query : GrafanaDashboard.read().queries()) {
      assertEquals(
          query.startsWith("collapse4j_memorization_"), prometheus.query(query).isEmpty(), query);
    }
  }
}
