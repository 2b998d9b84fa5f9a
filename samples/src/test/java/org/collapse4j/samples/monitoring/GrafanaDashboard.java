package org.collapse4j.samples.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The dashboard for Grafana beside the samples. */
final class GrafanaDashboard {
  static final Path FOLDER = Path.of("monitoring");

  private final JsonNode json;

  private GrafanaDashboard(JsonNode json) {
    this.json = json;
  }

  static GrafanaDashboard read() throws IOException {
    Path file = FOLDER.resolve("grafana-dashboard.json");
    return new GrafanaDashboard(new ObjectMapper().readTree(file.toFile()));
  }

  JsonNode panels() {
    return json.get("panels");
  }

  /** The names of the variables that a user chooses from. */
  List<String> variables() {
    return json.at("/templating/list").findValuesAsText("name");
  }

  /** What the panels ask Prometheus, as they do with everything chosen. */
  List<String> queries() {
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(target.get("expr").textValue().replaceAll("\\$(run|split|layer)", ".*"));
      }
    }
    return queries;
  }
}
