package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void columnsAreAsWideAsTheirCells() {
    String table =
        TextTable.of("lrl", List.of(List.of("key", "n", "meaning"), List.of("a", "100", "b")));
    assertEquals(List.of("key    n  meaning", "a    100  b"), table.lines().toList());
  }

  @Test
  void aLongCellMovesItsRowOn() {
    TextTable table = TextTable.ofWidths("r", 3, 2);
    assertEquals("  1   2", table.line(List.of("1", "2")));
    assertEquals("12345   2", table.line(List.of("12345", "2")));
  }

  @Test
  void numbers() {
    assertEquals("-", TextTable.number(Double.NaN));
    assertEquals("12", TextTable.number(12));
    assertEquals("0.01154", TextTable.number(0.01154392));
    assertEquals("0.5000", TextTable.share(0.5));
    assertEquals("-", TextTable.share(Double.NaN));
  }
}
