package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DashboardServerTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile List<Observation> observations = Runs.complete("a", 2, Map.of());
  private DashboardServer running;

  @BeforeEach
  void start() throws IOException {
    running = DashboardServer.start(0, () -> Dashboard.of(observations));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(running.uri().resolve(path));
  }

  @Test
  void itListensOnTheLoopbackAddressOnly() throws IOException {
    assertTrue(InetAddress.getByName(running.uri().getHost()).isLoopbackAddress());
    for (InetAddress other : InetAddress.getAllByName(InetAddress.getLocalHost().getHostName())) {
      if (!other.isLoopbackAddress()) {
        int port = running.uri().getPort();
        assertThrows(IOException.class, () -> new Socket(other, port).close());
      }
    }
  }

  @Test
  void thePageMayAskItsServerAndNobodyElse() throws Exception {
    String page = send(request("/")).body();
    assertTrue(page.contains("connect-src 'self'\""), page.substring(0, 400));
    assertTrue(page.contains("data-live=\"data\""));
    assertFalse(Dashboard.of(observations).html().contains("connect-src"));
  }

  @Test
  void dataIsSentAgainOnlyWhenItHasGrown() throws Exception {
    HttpResponse<String> first = send(request("/data"));
    assertEquals(200, first.statusCode());
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertEquals(304, send(request("/data").header("If-None-Match", tag)).statusCode());
    observations = Runs.complete("a", 3, Map.of());
    HttpResponse<String> grown = send(request("/data").header("If-None-Match", tag));
    assertEquals(200, grown.statusCode());
    assertTrue(grown.body().length() > first.body().length());
  }

  @Test
  void whatCannotBeReadIsSaidAndTheServerGoesOn() throws Exception {
    observations = null;
    assertEquals(500, send(request("/data")).statusCode());
    observations = Runs.complete("a", 2, Map.of());
    assertEquals(200, send(request("/data")).statusCode());
  }

  @Test
  void aLogThatIsNotThereIsSaid() throws Exception {
    DashboardServer server =
        DashboardServer.start(0, () -> Dashboard.of(MetricLog.read(Path.of("runs"))));
    try (server) {
      HttpResponse<String> refused = send(HttpRequest.newBuilder(server.uri().resolve("/data")));
      assertEquals(503, refused.statusCode());
      assertEquals("runs does not exist", refused.body());
    }
  }

  @Test
  void nothingElseIsServed() throws Exception {
    assertEquals(404, send(request("/../etc/passwd")).statusCode());
    assertEquals(405, send(request("/data").POST(BodyPublishers.ofString("x"))).statusCode());
  }

  @Test
  void aRequestForAnotherHostIsRefused() throws IOException {
    try (Socket socket = new Socket(running.uri().getHost(), running.uri().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /data HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      BufferedReader answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertEquals("HTTP/1.1 403 Forbidden", answer.readLine());
    }
  }

  private String statusOf(String host) throws IOException {
    try (Socket socket = new Socket(running.uri().getHost(), running.uri().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET /data HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    }
  }

  @Test
  void aHostIsNamedInAnyCase() throws IOException {
    assertEquals("HTTP/1.1 200 OK", statusOf("LOCALHOST"));
    assertEquals("HTTP/1.1 200 OK", statusOf("LocalHost:" + running.uri().getPort()));
    assertEquals("HTTP/1.1 403 Forbidden", statusOf("localhost.evil.example"));
  }

  @Test
  void aThousandHalfSentRequestsHoldUpNobody() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        Socket socket = new Socket(running.uri().getHost(), running.uri().getPort());
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }
      HttpResponse<String> answer = send(request("/data").timeout(Duration.ofSeconds(10)));
      assertEquals(200, answer.statusCode());
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void slowClientsAreNotWaitedForForEver() {
    assertTrue(Integer.getInteger("sun.net.httpserver.maxReqTime") > 0);
    assertTrue(Integer.getInteger("sun.net.httpserver.maxRspTime") > 0);
  }

  @Test
  void headIsAnsweredWithoutABody() throws Exception {
    HttpResponse<String> whole = send(request("/"));
    HttpResponse<String> head = send(request("/").method("HEAD", BodyPublishers.noBody()));
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
    assertEquals(
        String.valueOf(whole.body().getBytes(StandardCharsets.UTF_8).length),
        head.headers().firstValue("Content-Length").orElseThrow());
  }

  @Test
  void thePolicyIsInHeadersTooAndNoPageMayFrameThisOne() throws Exception {
    HttpHeaders headers = send(request("/")).headers();
    String policy = headers.firstValue("Content-Security-Policy").orElseThrow();
    assertTrue(policy.startsWith("default-src 'none'; script-src 'sha256-"), policy);
    assertTrue(policy.endsWith("frame-ancestors 'none'"), policy);
    assertEquals("DENY", headers.firstValue("X-Frame-Options").orElseThrow());
  }

  @Test
  void whoTakesGzipGetsIt() throws Exception {
    String plain = send(request("/data")).body();
    HttpResponse<byte[]> shorter =
        client.send(
            request("/data").header("Accept-Encoding", "br, gzip;q=0.5").build(),
            BodyHandlers.ofByteArray());
    assertEquals("gzip", shorter.headers().firstValue("Content-Encoding").orElseThrow());
    assertTrue(shorter.body().length < plain.length());
    try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(shorter.body()))) {
      assertEquals(plain, new String(unpacked.readAllBytes(), StandardCharsets.UTF_8));
    }
    HttpResponse<String> refused = send(request("/data").header("Accept-Encoding", "gzip;q=0"));
    assertEquals(plain, refused.body());
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    int port = running.uri().getPort();
    IOException taken =
        assertThrows(
            IOException.class,
            () -> DashboardServer.start(port, () -> Dashboard.of(observations)).close());
    assertTrue(taken.getMessage().startsWith("Port " + port + " cannot be had"));
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> DashboardServer.start(65536, () -> Dashboard.of(observations)));
  }
}
