package org.collapse4j.samples.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;

class GrafanaDashboardTest {
  private static final String PREFIX = "collapse4j_";

  @Test
  void itAsksForGaugesThatThereAre() throws IOException {
    Set<String> gauges =
        Arrays.stream(Metric.values())
            .map(m -> PREFIX + m.key().replace('.', '_'))
            .collect(Collectors.toSet());
    gauges.add(PREFIX + "epoch");
    List<String> queries = GrafanaDashboard.read().queries();
    assertEquals(List.of(), queries.stream().filter(q -> !gauges.contains(name(q))).toList());
    assertTrue(queries.size() >= 12, queries.toString());
  }

  private static String name(String query) {
    return query.substring(0, query.indexOf('{'));
  }

  @Test
  void itsPanelsDoNotCoverEachOther() throws IOException {
    Set<String> cells = new HashSet<>();
    Set<Integer> ids = new TreeSet<>();
    for (JsonNode panel : GrafanaDashboard.read().panels()) {
      JsonNode place = panel.get("gridPos");
      assertTrue(ids.add(panel.get("id").intValue()), panel.toString());
      for (int x = 0; x < place.get("w").intValue(); x++) {
        for (int y = 0; y < place.get("h").intValue(); y++) {
          int column = place.get("x").intValue() + x;
          assertTrue(column < 24, panel.toString());
          assertTrue(cells.add(column + " " + (place.get("y").intValue() + y)), panel.toString());
        }
      }
    }
  }

  @Test
  void runSplitAndLayerAreChosen() throws IOException {
    assertEquals(
        List.of("datasource", "run", "split", "layer"), GrafanaDashboard.read().variables());
  }
}
