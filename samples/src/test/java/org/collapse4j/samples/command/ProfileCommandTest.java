package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileCommandTest {
  private static final List<String> LAYERS =
      List.of("layer0", "layer1", "layer2", "layer3", "layer4", "layer5", "output");

  @TempDir private Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    TinyImages.write(folder);
  }

  private Shell profile(String... more) {
    return TinyImages.train("profile", folder, more);
  }

  private static List<String> rows(Shell shell, String title) {
    List<String> lines = shell.out().lines().toList();
    int from = lines.indexOf(title) + 1;
    assertTrue(from > 0, shell.out());
    return lines.subList(from, from + 1 + LAYERS.size());
  }

  @Test
  void nc1AndCentreAccuracyByDepthAndEpochAsInTheLog() throws IOException {
    Shell shell = profile("--every", "2");
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    List<Observation> log = MetricLog.read(folder.resolve("runs/profile.jsonl")).observations();
    assertEquals(2 * LAYERS.size(), log.size());

    List<String> nc1 = rows(shell, "NC1 (nc1.pinv) of train by layer and epoch");
    assertEquals("layer 2 4", nc1.get(0).replaceAll(" +", " "));
    List<String> accuracy =
        rows(shell, "Centre accuracy (nc4.ncc_accuracy) of train by layer and epoch");
    for (int i = 0; i < LAYERS.size(); i++) {
      Observation last = log.get(LAYERS.size() + i);
      assertEquals(LAYERS.get(i), last.layer());
      assertCell(nc1.get(i + 1), LAYERS.get(i), last.measurements().value(Metric.NC1_PINV));
      assertCell(
          accuracy.get(i + 1), LAYERS.get(i), last.measurements().value(Metric.NC4_NCC_ACCURACY));
    }
  }

  private static void assertCell(String row, String layer, double value) {
    List<String> cells = Pattern.compile(" +").splitAsStream(row).toList();
    assertEquals(layer, cells.get(0));
    assertEquals(value, Double.parseDouble(cells.get(2)), 1e-3 * Math.abs(value));
  }

  @Test
  void aLogIsShownAgain() {
    Shell trained = profile("--split", "heldout");
    Shell shown =
        Shell.run(
            "profile",
            "--log",
            folder.resolve("runs/profile.jsonl").toString(),
            "--split",
            "heldout");
    assertEquals(0, shown.exitCode(), shown.err());
    assertTrue(trained.out().endsWith(shown.out()), shown.out());
    Shell other = Shell.run("profile", "--log", folder.resolve("runs/profile.jsonl").toString());
    assertEquals(2, other.exitCode());
    assertTrue(other.err().contains("there are: [heldout]"), other.err());
  }

  @Test
  void badOptionsAreOneLineAndExitCode2() {
    for (String[] bad :
        new String[][] {
          {"--epochs", "0"},
          {"--every", "0"},
          {"--batch", "-1"},
          {"--widths", "12,0"},
          {"--learning-rate", "0"},
          {"--split", "ood"},
          {"--run", "../x"},
          {"--log", folder.resolve("nowhere.jsonl").toString()}
        }) {
      Shell shell = profile(bad);
      assertEquals(2, shell.exitCode(), bad[0]);
      assertEquals(1, shell.err().lines().count(), shell.err());
      assertEquals("", shell.out());
    }
  }
}
