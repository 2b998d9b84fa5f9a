package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.lang3.SerializationUtils;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.log.StatsStorageRecord;
import org.collapse4j.log.StatsStorageSink;
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

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void write(StatsStorage storage, Observation... observations) throws IOException {
    try (MetricSink sink = new StatsStorageSink(storage)) {
      for (Observation observation : observations) {
        sink.write(observation);
      }
    }
  }

  private static Observation last(String run, int epochs) {
    List<Observation> observations = Runs.complete(run, epochs, Map.of("loss", "cross-entropy"));
    return observations.get(observations.size() - 1);
  }

  @Test
  void itShowsWhatIsInTheStoragesAndGrows(@TempDir Path folder) throws Exception {
    StatsStorage memory = new InMemoryStatsStorage();
    StatsStorage file = new FileStatsStorage(folder.resolve("storage.dl4j").toFile());
    write(memory, last("first", 1));
    write(file, last("second", 1));
    server.attach(memory);
    server.attach(file);

    HttpResponse<String> page = get("/collapse");
    assertTrue(page.body().contains("data-live=\"collapse/data\""));
    JsonNode first = json(get("/collapse/data"));
    assertEquals(Set.of("first", "second"), names(first));
    assertTrue(
        first.at("/runs/0/series/0/classes/values").has(Metric.DILATION_RADIUS.key()),
        "values by class are shown too");

    write(memory, last("third", 1));
    HttpResponse<String> data = get("/collapse/data");
    assertEquals(Set.of("first", "second", "third"), names(json(data)));
    String tag = data.headers().firstValue("etag").orElseThrow();
    assertEquals(304, get("/collapse/data", "If-None-Match", tag).statusCode());

    server.detach(memory);
    server.detach(file);
    assertEquals(Set.of(), names(json(get("/collapse/data"))));
    file.close();
  }

  private static Set<String> names(JsonNode data) {
    return Set.copyOf(data.get("runs").findValuesAsText("name"));
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  @Test
  void theBrowserDrawsItAndSeesItGrow(@TempDir Path profile) throws Exception {
    StatsStorage memory = new InMemoryStatsStorage();
    server.attach(memory);
    try (Browser browser = Browser.start(profile, true)) {
      browser.open("http://127.0.0.1:" + server.getPort() + "/collapse");
      browser.await(() -> browser.text("#status").equals("Live"));
      assertTrue(browser.text("#main").contains("No observations yet"));
      write(memory, Runs.complete("a", 3, Map.of()).toArray(Observation[]::new));
      browser.await(() -> browser.text("#summary").equals("1 run, up to epoch 3"));
      assertFalse(browser.findAll("#collapse .plot").isEmpty());
      assertEquals(List.of(), browser.complaints());
    } finally {
      server.detach(memory);
    }
  }

  @Test
  void aDamagedRecordIsLeftOutAndTold(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("storage.sqlite");
    StatsStorage storage = new J7FileStatsStorage(file.toFile());
    write(storage, last("run", 1), last("run", 2), last("run", 3));
    damage(file, storage.getAllUpdateTimes("run", "collapse4j", "collapse4j")[1]);
    server.attach(storage);
    String data = get("/collapse/data").body();
    server.detach(storage);
    storage.close();
    assertTrue(data.contains("no record of collapse4j: " + "x".repeat(100) + "..."), data);
    assertTrue(data.contains("\"run\""), data);
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
    write(file, last("closed", 1));
    server.attach(file);
    file.close();
    assertTrue(get("/collapse/data").body().contains("could not be read"));
  }

  @Test
  void aHostileNameIsOnlyText() throws Exception {
    StatsStorage memory = new InMemoryStatsStorage();
    String name = "</script><script>alert('1')</script>";
    write(
        memory, Runs.observation(name, 1, name, Map.of(Metric.ACCURACY, 0.5), Map.of(name, name)));
    server.attach(memory);
    HttpResponse<String> page = get("/collapse");
    server.detach(memory);
    assertFalse(page.body().contains("<script>alert"));
    String policy = page.headers().firstValue("content-security-policy").orElseThrow();
    assertTrue(policy.startsWith("default-src 'none'; script-src 'sha256-"), policy);
    assertEquals(
        "text/html; charset=utf-8", page.headers().firstValue("content-type").orElseThrow());
  }

  /** Deeplearning4j's own pages do not trip over sessions of this type. */
  @Test
  void theOverviewOfTrainingStillAnswers() throws Exception {
    StatsStorage memory = new InMemoryStatsStorage();
    write(memory, last("run", 1));
    server.attach(memory);
    HttpResponse<String> overview = get("/train/overview");
    server.detach(memory);
    assertEquals(200, overview.statusCode());
  }
}
