package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of docs/metrics.md are the vocabulary: keys, ideals and sources, in its order. */
class DocumentedMetricsTest {
  private static final Path PAGE = Path.of("..", "docs", "metrics.md");

  private static String row(Metric metric) {
    String ideal =
        Double.isNaN(metric.ideal()) ? "" : String.format(Locale.ROOT, "%.0f", metric.ideal());
    return String.join(" | ", metric.key(), ideal, metric.source());
  }

  /** Key, ideal and source of a row of four cells. */
  private static String withoutDefinition(String row) {
    String[] cells = row.split("\\|", -1);
    assertEquals(6, cells.length, row);
    return String.join(
        " | ", cells[1].replace("`", "").strip(), cells[3].strip(), cells[4].strip());
  }

  @Test
  void everyMetricHasItsRow() throws IOException {
    List<String> rows =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| `"))
            .map(DocumentedMetricsTest::withoutDefinition)
            .toList();
    assertEquals(Stream.of(Metric.values()).map(DocumentedMetricsTest::row).toList(), rows);
  }
}
