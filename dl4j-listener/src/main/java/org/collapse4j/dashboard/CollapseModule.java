package org.collapse4j.dashboard;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.collapse4j.log.Observation;
import org.collapse4j.log.StoredRuns;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.StatsStorageEvent;
import org.deeplearning4j.ui.api.HttpMethod;
import org.deeplearning4j.ui.api.Route;
import org.deeplearning4j.ui.api.UIModule;
import org.deeplearning4j.ui.i18n.I18NResource;

/**
 * The page {@code /collapse} of Deeplearning4j's UI server: the {@link Dashboard} of all runs in
 * the storages that are attached, which grows while they do. The server finds it by itself as a
 * service, where {@code deeplearning4j-vertx} and this library are on the class path:
 *
 * <pre>{@code
 * StatsStorage storage = new J7FileStatsStorage(new File("runs/collapse.sqlite"));
 * UIServer.getInstance().attach(storage);
 * network.addListeners(
 *     NeuralCollapseListener.builder().sink(new StatsStorageSink(storage)).build());
 * }</pre>
 *
 * <p>The server listens on every interface of the machine, without a password: whoever can reach
 * its port sees the page.
 */
public final class CollapseModule implements UIModule {
  private static final String PAGE = "/collapse";
  private static final String DATA = PAGE + "/data";

  private final Map<StatsStorage, StoredRuns> storages = new ConcurrentHashMap<>();
  private List<Observation> drawnObservations = List.of();
  private List<String> drawnNotes = List.of();
  private Dashboard drawn = Dashboard.of(List.of());

  /** A module without storages; the server makes it, and attaches them. */
  public CollapseModule() {}

  /** No type of record is listened for: the page reads the storages when somebody opens it. */
  @Override
  public List<String> getCallbackTypeIDs() {
    return List.of();
  }

  @Override
  public List<Route> getRoutes() {
    return List.of(
        new Route(PAGE, HttpMethod.GET, (arguments, request) -> answer(request, this::page)),
        new Route(DATA, HttpMethod.GET, (arguments, request) -> answer(request, this::data)));
  }

  /** A body of some type; the tag changes with the content. */
  private record Answer(String type, String body, String tag) {}

  private Answer page(Dashboard dashboard) {
    // Relative to the page, which may be behind a proxy that serves it under another path.
    return new Answer("text/html", dashboard.liveHtml(DATA.substring(1)), dashboard.tag());
  }

  private Answer data(Dashboard dashboard) {
    return new Answer("application/json", dashboard.data(), dashboard.tag());
  }

  private void answer(RoutingContext request, Function<Dashboard, Answer> content) {
    request
        .vertx()
        .<Answer>executeBlocking(
            answer -> answer.complete(content.apply(dashboard())),
            false,
            answer -> {
              if (answer.succeeded()) {
                send(request, answer.result());
              } else {
                request.fail(answer.cause());
              }
            });
  }

  private static void send(RoutingContext request, Answer answer) {
    HttpServerResponse response = request.response();
    Page.HEADERS.forEach(response::putHeader);
    response.putHeader("ETag", answer.tag());
    if (answer.tag().equals(request.request().getHeader("If-None-Match"))) {
      response.setStatusCode(304).end();
    } else {
      response.putHeader("Content-Type", answer.type() + "; charset=utf-8").end(answer.body());
    }
  }

  /** The same page as before where nothing was added, since drawing one of many runs takes long. */
  private synchronized Dashboard dashboard() {
    List<Observation> observations = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    storages.forEach(
        (storage, runs) -> {
          try {
            observations.addAll(runs.observations());
            notes.addAll(runs.leftOut());
          } catch (RuntimeException | LinkageError e) { // The latter from a closed FileStatsStorage
            notes.add(storage + " could not be read: " + e);
          }
        });
    if (observations.isEmpty()) {
      notes.add("No observations yet: attach a storage that a StatsStorageSink writes to.");
    }
    if (!observations.equals(drawnObservations) || !notes.equals(drawnNotes)) {
      drawnObservations = observations;
      drawnNotes = notes;
      drawn = Dashboard.of(observations).withNotes(notes);
    }
    return drawn;
  }

  /** Nothing to do: see {@link #getCallbackTypeIDs}. */
  @Override
  public void reportStorageEvents(Collection<StatsStorageEvent> events) {}

  @Override
  public void onAttach(StatsStorage storage) {
    storages.put(storage, new StoredRuns(storage));
  }

  @Override
  public void onDetach(StatsStorage storage) {
    storages.remove(storage);
  }

  /** There are no translations to load, since the page is in English. */
  @Override
  public List<I18NResource> getInternationalizationResources() {
    return List.of();
  }
}
