package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyStoppingCommandTest {
  @TempDir private Path folder;

  @Test
  void aRowAScoreAndSeedWithBothAccuracies() throws IOException {
    TinyImages.write(folder);
    String[] options = {
      "early-stopping",
      "--data",
      folder.toString(),
      "--epochs",
      "3",
      "--widths",
      "8",
      "--batch",
      "32",
      "--seeds",
      "1,2"
    };
    Shell shell = Shell.run(options);
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    List<String> lines = shell.out().lines().toList();
    assertEquals(7, lines.size());
    for (int row : new int[] {1, 2, 4, 5}) {
      assertTrue(
          lines
              .get(row)
              .matches("dilation\\.\\w+ +[12] +[123] +3 +[01]\\.\\d{4} +[01]\\.\\d{4} .*"),
          lines.get(row));
    }
    assertTrue(lines.get(3).startsWith("dilation.relative  mean difference "), lines.get(3));
    assertTrue(lines.get(6).startsWith("dilation.nc1 "), lines.get(6));
    assertEquals(shell.out(), Shell.run(options).out(), "the same seeds, the same result");
  }
}
