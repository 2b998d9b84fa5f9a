package org.collapse4j.log;

import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.StatsStorageEvent;
import org.deeplearning4j.ui.api.HttpMethod;
import org.deeplearning4j.ui.api.Route;
import org.deeplearning4j.ui.api.UIModule;
import org.deeplearning4j.ui.i18n.I18NResource;

/**
 * The page {@code /collapse} of Deeplearning4j's UI server: for every run in the storages that are
 * attached, each metric's course and last value. The server finds it by itself as a service, where
 * {@code deeplearning4j-vertx} and this library are on the class path:
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
  private final Map<StatsStorage, StoredRuns> storages = new ConcurrentHashMap<>();

  /** A module without storages; the server makes it, and attaches them. */
  public CollapseModule() {}

  /** None: the page reads the storages when it is asked for. */
  @Override
  public List<String> getCallbackTypeIDs() {
    return List.of();
  }

  @Override
  public List<Route> getRoutes() {
    return List.of(new Route("/collapse", HttpMethod.GET, (arguments, request) -> answer(request)));
  }

  private void answer(RoutingContext request) {
    request
        .vertx()
        .<String>executeBlocking(
            page -> page.complete(page()),
            false,
            page -> {
              if (page.succeeded()) {
                request
                    .response()
                    .putHeader("content-type", "text/html; charset=utf-8")
                    .putHeader("content-security-policy", CollapsePage.SECURITY_POLICY)
                    .putHeader("x-content-type-options", "nosniff")
                    .putHeader("cache-control", "no-store")
                    .end(page.result());
              } else {
                request.fail(page.cause());
              }
            });
  }

  private String page() {
    List<Observation> observations = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    storages.forEach(
        (storage, runs) -> {
          try {
            observations.addAll(runs.observations());
            unreadable.addAll(runs.leftOut());
          } catch (RuntimeException | LinkageError e) { // The latter from a closed FileStatsStorage
            unreadable.add(storage + " could not be read: " + e);
          }
        });
    return CollapsePage.of(observations, unreadable);
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

  /** None: the page is in English. */
  @Override
  public List<I18NResource> getInternationalizationResources() {
    return List.of();
  }
}
