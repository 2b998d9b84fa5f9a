package org.collapse4j.dashboard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/**
 * Serves a page that grows while training runs, to this machine only: it listens on the loopback
 * address, answers GET and HEAD only, and refuses requests that name another host, as a page
 * elsewhere could have a browser send. Clients that send or read slowly hold up nobody else.
 *
 * <pre>{@code
 * DashboardServer server =
 *     DashboardServer.start(0, () -> Dashboard.of(MetricLog.read(Path.of("runs"))));
 * }</pre>
 */
public final class DashboardServer implements AutoCloseable {
  private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

  /** The JDK's server has a thread wait for each client whose request is on its way. */
  private static final int MOST_CLIENTS = 2_000;

  private static final int SECONDS_IDLE = 10;

  static {
    // The JDK's server waits for ever otherwise. It reads these when it is first used; who has set
    // them for another server of the process keeps what they chose.
    setUnlessSet("sun.net.httpserver.maxReqTime", "20");
    setUnlessSet("sun.net.httpserver.maxRspTime", "120");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final Callable<Dashboard> source;

  private DashboardServer(HttpServer server, Callable<Dashboard> source) {
    this.server = server;
    this.source = source;
    this.threads =
        new ThreadPoolExecutor(
            0,
            MOST_CLIENTS,
            SECONDS_IDLE,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            DashboardServer::daemon);
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "collapse4j-dashboard");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts serving.
   *
   * @param port 0 for any that is free
   * @param source is asked for the page's present content at every request
   * @throws IllegalArgumentException if the port is outside 0 to 65535
   * @throws IOException if the port is taken
   */
  public static DashboardServer start(int port, Callable<Dashboard> source) throws IOException {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("A port must be between 0 and 65535, not " + port);
    }
    DashboardServer server = new DashboardServer(bound(port), source);
    server.server.createContext("/", server::answer);
    server.server.setExecutor(server.threads);
    server.server.start();
    return server;
  }

  private static HttpServer bound(int port) throws IOException {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (BindException taken) {
      throw new IOException("Port " + port + " cannot be had: " + taken.getMessage(), taken);
    }
  }

  /** Where the page is. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!isFromHere(exchange)) {
        send(exchange, 403, "text/plain", "Only localhost is served");
      } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, "text/plain", "Only GET and HEAD are answered");
      } else {
        answerGet(exchange);
      }
    }
  }

  private static boolean isFromHere(HttpExchange exchange) {
    List<String> hosts = exchange.getRequestHeaders().getOrDefault("Host", List.of());
    return hosts.size() == 1
        && HOSTS.contains(hosts.get(0).toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", ""));
  }

  private void answerGet(HttpExchange exchange) throws IOException {
    try {
      switch (exchange.getRequestURI().getPath()) {
        case "/" -> send(exchange, 200, "text/html", source.call().liveHtml("data"));
        case "/data" -> sendIfNew(exchange, source.call());
        default -> send(exchange, 404, "text/plain", "There is / and /data");
      }
    } catch (IOException | UncheckedIOException | IllegalArgumentException unreadable) {
      send(exchange, 503, "text/plain", String.valueOf(unreadable.getMessage()));
    } catch (Exception failed) {
      send(exchange, 500, "text/plain", String.valueOf(failed));
    }
  }

  private static void sendIfNew(HttpExchange exchange, Dashboard page) throws IOException {
    String tag = page.tag();
    exchange.getResponseHeaders().set("ETag", tag);
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
    } else {
      send(exchange, 200, "application/json", page.data());
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Vary", "Accept-Encoding");
    Page.HEADERS.forEach(exchange.getResponseHeaders()::set);
    if (takesGzip(exchange)) {
      bytes = gzipped(bytes);
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    }
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static boolean takesGzip(HttpExchange exchange) {
    return exchange.getRequestHeaders().getOrDefault("Accept-Encoding", List.of()).stream()
        .flatMap(header -> List.of(header.split(",", -1)).stream())
        .map(coding -> coding.replace(" ", "").toLowerCase(Locale.ROOT))
        .anyMatch(coding -> coding.startsWith("gzip") && !coding.matches("gzip;q=0(\\.0*)?"));
  }

  private static byte[] gzipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream shorter = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream gzip = new GZIPOutputStream(shorter)) {
      gzip.write(bytes);
    }
    return shorter.toByteArray();
  }

  /** Stops serving. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
