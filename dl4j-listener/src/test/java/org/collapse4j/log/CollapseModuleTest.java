package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import org.apache.commons.lang3.SerializationUtils;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.ui.VertxUIServer;
import org.deeplearning4j.ui.api.UIServer;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.deeplearning4j.ui.model.storage.sqlite.J7FileStatsStorage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page, from the real server, which finds the module by itself. */
class CollapseModuleTest {
  private static UIServer server;

  @BeforeAll
  static void start() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    server = VertxUIServer.getInstance(port, false, null);
  }

  @AfterAll
  static void stop() throws Exception {
    UIServer.stopInstance();
  }

  private static HttpResponse<String> page() throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + "/collapse"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static void write(StatsStorage storage, Observation... observations) throws IOException {
    try (MetricSink sink = new StatsStorageSink(storage)) {
      for (Observation observation : observations) {
        sink.write(observation);
      }
    }
  }

  @Test
  void itShowsWhatIsInTheStoragesAndGrows(@TempDir Path folder) throws Exception {
    StatsStorage memory = new InMemoryStatsStorage();
    StatsStorage file = new FileStatsStorage(folder.resolve("storage.dl4j").toFile());
    write(memory, Observations.of("cross-entropy", 1, "heldout", "output"));
    write(file, Observations.of("label smoothing", 1, "heldout", "output"));
    server.attach(memory);
    server.attach(file);

    String first = page().body();
    assertTrue(first.contains("<h2>cross-entropy</h2>"), first);
    assertTrue(first.contains("<h2>label smoothing</h2>"), first);
    assertTrue(first.contains("<p>loss label smoothing &quot;0.1&quot;</p>"), first);
    assertTrue(first.contains("heldout at output, epoch 1"), first);
    assertTrue(first.contains("<th scope=\"row\">nc1.pinv</th>"), first);
    assertTrue(first.contains(Metric.NC1_PINV.meaning()), first);
    assertTrue(first.contains("<circle") && !first.contains("<polyline "), first);

    write(memory, Observations.of("cross-entropy", 2, "heldout", "output"));
    String second = page().body();
    assertTrue(second.contains("heldout at output, epoch 2"), second);
    assertTrue(second.contains("<polyline "), second);

    server.detach(memory);
    server.detach(file);
    assertFalse(page().body().contains("<h2>"));
    file.close();
  }

  @Test
  void aDamagedRecordIsLeftOutAndTold(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("storage.sqlite");
    StatsStorage storage = new J7FileStatsStorage(file.toFile());
    write(storage, Observations.of(1), Observations.of(2), Observations.of(3));
    damage(file, storage.getAllUpdateTimes("run", "collapse4j", "collapse4j")[1]);
    server.attach(storage);
    String page = page().body();
    server.detach(storage);
    storage.close();
    assertTrue(page.contains("no record of collapse4j: " + "x".repeat(100) + "..."), page);
    assertTrue(page.contains("train at output, epoch 3"), page);
  }

  private static void damage(Path file, long time) throws SQLException {
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + file);
        PreparedStatement update =
            database.prepareStatement("UPDATE Updates SET ObjectBytes = ? WHERE Timestamp = ?")) {
      update.setBytes(1, SerializationUtils.serialize(damaged()));
      update.setLong(2, time);
      assertEquals(1, update.executeUpdate());
    }
  }

  private static StatsStorageRecord damaged() {
    byte[] garbage = new byte[1_000_000];
    Arrays.fill(garbage, (byte) 'x');
    StatsStorageRecord record = new StatsStorageRecord();
    record.decode(garbage);
    return record;
  }

  /** Such a storage cannot be detached from the server either, so that it stays to the end. */
  @Test
  void aStorageThatIsClosedIsToldOf(@TempDir Path folder) throws Exception {
    StatsStorage file = new FileStatsStorage(folder.resolve("storage.dl4j").toFile());
    write(file, Observations.of("closed", 1, "heldout", "output"));
    server.attach(file);
    file.close();
    assertTrue(page().body().contains("could not be read"));
  }

  @Test
  void aHostileNameIsOnlyText() throws Exception {
    StatsStorage memory = new InMemoryStatsStorage();
    String name = "<script>alert('1')</script>\"&";
    write(memory, Observations.of(name, 1, name, name));
    server.attach(memory);
    HttpResponse<String> page = page();
    server.detach(memory);
    assertFalse(page.body().contains("<script"), page.body());
    assertTrue(page.body().contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
    String policy = page.headers().firstValue("content-security-policy").orElseThrow();
    assertTrue(policy.startsWith("default-src 'none'; style-src 'sha256-"), policy);
    assertEquals(
        "text/html; charset=utf-8", page.headers().firstValue("content-type").orElseThrow());
  }

  /** Deeplearning4j's own pages do not trip over sessions of this type. */
  @Test
  void theOverviewOfTrainingStillAnswers() throws Exception {
    StatsStorage memory = new InMemoryStatsStorage();
    write(memory, Observations.of(1));
    server.attach(memory);
    HttpResponse<String> overview =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getPort() + "/train/overview"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    server.detach(memory);
    assertEquals(200, overview.statusCode());
  }
}
