package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.collapse4j.samples.experiment.StoppingCriterion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyStoppingCommandTest {
  private static final int CRITERIA = StoppingCriterion.values().length;

  /** The columns of the CSV that are looked at here. */
  private static final int SEED = 3;

  private static final int EPOCH = 4;
  private static final int TEST_ACCURACY = 13;
  private static final int KEPT_BY = 14;

  @TempDir private Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    TinyImages.write(folder);
  }

  private Shell stopping(String... more) {
    List<String> all = new ArrayList<>(List.of("early-stopping", "--data", folder.toString()));
    all.addAll(List.of("--epochs", "6", "--batch", "16", "--widths", "16", "--seeds", "1,2"));
    all.addAll(List.of(more));
    return Shell.run(all.toArray(String[]::new));
  }

  private static List<String> lines(Shell shell) {
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    return shell.out().lines().toList();
  }

  private static List<String[]> rows(String csv) {
    return csv.lines().skip(1).map(line -> line.split(",", -1)).toList();
  }

  @Test
  void aRowACriterionOfEveryTrainingAndTheirMeans() throws IOException {
    Path csv = folder.resolve("curves.csv");
    List<String> lines =
        lines(stopping("--noise-rates", "0.3", "--losses", "ls,ce", "--curves", csv.toString()));
    assertEquals(1 + 4 * CRITERIA + 2 + 2 * CRITERIA + 1, lines.size());
    List<String[]> rows = rows(Files.readString(csv));
    assertEquals(4 * 6, rows.size());
    int i = 0;
    for (StoppingCriterion criterion : StoppingCriterion.values()) {
      String title = criterion.title();
      String key = criterion.name().toLowerCase(Locale.ROOT);
      double sum = 0;
      for (int seed = 1; seed <= 2; seed++) {
        String[] kept = kept(rows, String.valueOf(seed), key);
        String[] last = kept(rows, String.valueOf(seed), "last_epoch");
        double accuracy = Double.parseDouble(kept[TEST_ACCURACY]);
        sum += accuracy;
        String line = lines.get(1 + 2 * (seed - 1) * CRITERIA + i);
        assertEquals(
            String.format(
                Locale.ROOT,
                "ls 0.1 0.3 %d %s %s %.4f %+.4f",
                seed,
                title,
                kept[EPOCH],
                accuracy,
                accuracy - Double.parseDouble(last[TEST_ACCURACY])),
            line.replaceAll(" +", " "));
      }
      String mean = lines.get(3 + 4 * CRITERIA + i).replaceAll(" +", " ");
      assertTrue(mean.startsWith("ls 0.1 0.3 " + title + " "), mean);
      assertTrue(mean.contains(String.format(Locale.ROOT, " %.4f ", sum / 2)), mean);
      i++;
    }
  }

  private static String[] kept(List<String[]> rows, String seed, String criterion) {
    return rows.stream()
        .filter(row -> row[0].equals("ls") && row[SEED].equals(seed))
        .filter(row -> List.of(row[KEPT_BY].split(" ", -1)).contains(criterion))
        .reduce(
            (a, b) -> {
              throw new AssertionError(criterion + " keeps two epochs");
            })
        .orElseThrow();
  }

  @Test
  void everyCriterionKeepsOneEpochOfATrainingAndTheSameAgain() {
    Shell shell = stopping("--noise-rates", "0.4", "--curves", "-");
    assertEquals(0, shell.exitCode());
    String header = shell.out().lines().findFirst().orElseThrow();
    assertEquals(
        "loss,alpha,noise.rate,seed,epoch,heldout.dilation,heldout.accuracy,noisy.dilation,"
            + "noisy.accuracy,train.accuracy,suspects.share,memorization.estimated,train.score,"
            + "test.accuracy,kept.by",
        header);
    List<String[]> rows = rows(shell.out());
    assertEquals(12, rows.size());
    Set<String> keepers = new HashSet<>();
    int kept = 0;
    for (String[] row : rows) {
      List<String> here =
          Arrays.stream(row[KEPT_BY].split(" ", -1)).filter(k -> !k.isEmpty()).toList();
      keepers.addAll(here);
      kept += here.size();
      assertTrue(Double.parseDouble(row[6]) > Double.parseDouble(row[8]), "labels are noisy");
    }
    assertEquals(CRITERIA, keepers.size());
    assertEquals(2 * CRITERIA, kept);
    assertEquals(shell.out(), stopping("--noise-rates", "0.4", "--curves", "-").out());
  }

  @Test
  void badOptionsAreOneLineAndExitCode2() {
    for (String[] bad :
        new String[][] {
          {"--noise-rates", "1.5"},
          {"--losses", "mse"},
          {"--alphas", "1"},
          {"--curves", folder.toString()},
        }) {
      Shell shell = stopping(bad);
      assertEquals(2, shell.exitCode(), bad[0]);
      assertEquals(1, shell.err().lines().count(), shell.err());
      assertEquals("", shell.out());
    }
  }
}
