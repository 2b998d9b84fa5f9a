package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of what it works with is the list that the contract is run over. */
class WorksWithTableTest {
  private static final String HEAD = "| models and training | measured in tests |\n|---|---|\n";

  @Test
  void thePageOfModelsHasTheContractsList() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "models.md"));
    assertTrue(page.contains(HEAD), "docs/models.md has no such table: " + HEAD + table());
    int start = page.indexOf(HEAD);
    int end = page.indexOf("\n\n", start);
    assertEquals(HEAD + table(), page.substring(start, end));
  }

  private static String table() {
    Map<String, String> rows =
        ModelCases.all()
            .collect(
                Collectors.groupingBy(
                    ModelCase::kind,
                    LinkedHashMap::new,
                    Collectors.mapping(ModelCase::name, Collectors.joining("; "))));
    return rows.entrySet().stream()
        .map(row -> "| " + row.getKey() + " | " + row.getValue() + " |")
        .collect(Collectors.joining("\n"));
  }
}
