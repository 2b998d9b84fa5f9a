package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.collapse4j.noise.LabelNoise;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanCommandTest {
  private static final double PRINTED = 5e-5;

  @TempDir private Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    TinyImages.write(folder);
  }

  private Shell clean(String... more) {
    List<String> all = new ArrayList<>(List.of("--epochs", "8", "--batch", "16", "--widths", "16"));
    all.addAll(List.of(more));
    return run(all);
  }

  private Shell run(List<String> options) {
    List<String> all = new ArrayList<>(List.of("clean", "--data", folder.toString()));
    all.addAll(options);
    return Shell.run(all.toArray(String[]::new));
  }

  private static JsonNode json(Shell shell) throws IOException {
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    return new ObjectMapper().readTree(shell.out());
  }

  private static int wrong(LabelNoise noise) {
    int[] labels = new int[TinyImages.TRAIN];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 3;
    }
    return noise.corrupt(labels).corruptedCount();
  }

  @Test
  void wrongLabelsAreFoundAndLeftOut() throws IOException {
    JsonNode told = json(clean("--noise-rate", "0.3", "--json"));
    List<String> keys = new ArrayList<>();
    told.fieldNames().forEachRemaining(keys::add);
    assertEquals(
        List.of(
            "noise.rate",
            "wrong",
            "suspects",
            "suspects.wrong",
            "accuracy.before",
            "accuracy.after",
            "accuracy.clean"),
        keys);
    assertEquals(0.3, told.get("noise.rate").doubleValue());
    int wrong = wrong(LabelNoise.uniform(3, 0.3).withSeed(1));
    assertEquals(wrong, told.get("wrong").doubleValue());
    assertTrue(told.get("suspects.wrong").doubleValue() > 0.8 * wrong, told.toString());
    assertTrue(
        told.get("suspects.wrong").doubleValue() > 0.8 * told.get("suspects").doubleValue(),
        told.toString());
    for (String accuracy : List.of("accuracy.before", "accuracy.after", "accuracy.clean")) {
      assertTrue(told.get(accuracy).doubleValue() > 0.9, told.toString());
    }
  }

  @Test
  void aRowASeedAndTheMeanWhichIsWhatJsonTells() throws IOException {
    String[] options = {"--noise-rate", "0.4", "--noise", "symmetric", "--seeds", "1,2"};
    Shell shell = clean(options);
    assertEquals("", shell.err());
    List<String> lines = shell.out().lines().toList();
    assertEquals(7, lines.size(), shell.out());
    List<double[]> rows =
        lines.subList(4, 7).stream()
            .map(line -> line.replaceAll("^\\w+", "").strip().split(" +", -1))
            .map(cells -> numbers(cells))
            .toList();
    assertTrue(lines.get(4).startsWith("1 "), shell.out());
    assertTrue(lines.get(5).startsWith("2 "), shell.out());
    assertTrue(lines.get(6).startsWith("mean "), shell.out());
    for (int seed = 1; seed <= 2; seed++) {
      assertEquals(
          wrong(LabelNoise.symmetric(3, 0.4).withSeed(seed)), rows.get(seed - 1)[0], shell.out());
    }
    List<String> again = new ArrayList<>(List.of(options));
    again.add("--json");
    JsonNode means = json(clean(again.toArray(String[]::new)));
    assertEquals((rows.get(0)[1] + rows.get(1)[1]) / 2, means.get("suspects").doubleValue());
    assertEquals(rows.get(2)[4], means.get("accuracy.after").doubleValue(), PRINTED);
  }

  /** Wrong labels, suspects, wrong ones among them, and the three accuracies. */
  private static double[] numbers(String[] cells) {
    int last = cells.length;
    String[] kept = {
      cells[0], cells[1], cells[2], cells[last - 3], cells[last - 2], cells[last - 1]
    };
    double[] numbers = new double[kept.length];
    for (int i = 0; i < kept.length; i++) {
      numbers[i] = Double.parseDouble(kept[i].replace(",", ""));
    }
    return numbers;
  }

  /** Only what the first training does after its evidence is complete is left out. */
  @Test
  void withoutComparisonTheSameIsFoundAndGained() throws IOException {
    List<String> options =
        List.of("--noise-rate", "0.3", "--epochs", "40", "--batch", "4", "--widths", "256");
    List<String> all = new ArrayList<>(options);
    all.add("--json");
    JsonNode compared = json(run(all));
    all.add("--uncompared");
    JsonNode told = json(run(all));
    for (String same : List.of("noise.rate", "wrong", "suspects", "suspects.wrong")) {
      assertEquals(compared.get(same), told.get(same), same);
    }
    assertEquals(compared.get("accuracy.after"), told.get("accuracy.after"));
    assertTrue(told.get("accuracy.before").isNull(), told.toString());
    assertTrue(told.get("accuracy.clean").isNull(), told.toString());
    all.remove("--json");
    String[] cells = run(all).out().lines().toList().get(4).split(" +", -1);
    assertTrue(Integer.parseInt(cells[4]) < 40, "memorization begins before the last epoch");
    assertEquals("-", cells[5], "accuracy on all labels");
    assertEquals("-", cells[7], "accuracy on clean labels");
  }

  @Test
  void withoutNoiseOfOurOwnLabelsAreTakenForClean() throws IOException {
    JsonNode told = json(clean("--json"));
    assertEquals(0, told.get("wrong").doubleValue());
    assertEquals(0, told.get("suspects.wrong").doubleValue());
    assertEquals(told.get("accuracy.before"), told.get("accuracy.clean"));
    String[] cells = clean().out().lines().toList().get(4).split(" +", -1);
    assertEquals("-", cells[1], "nobody knows how many are wrong");
    assertEquals("-", cells[3]);
    assertEquals("-", cells[7]);
  }

  @Test
  void aTableOfOnesOwnIsCleaned() throws IOException {
    Random random = new Random(1);
    StringBuilder table = new StringBuilder("width,height,kind\n");
    for (int i = 0; i < 200; i++) {
      boolean large = i % 2 == 0;
      boolean wrong = i % 10 == 0;
      table
          .append(random.nextGaussian() + (large ? 4 : 0))
          .append(',')
          .append(random.nextGaussian() + (large ? 4 : 0))
          .append(large == wrong ? ",small\n" : ",large\n");
    }
    Path csv = Files.writeString(folder.resolve("table.csv"), table);
    JsonNode told =
        json(
            Shell.run(
                "clean",
                "--csv",
                csv.toString(),
                "--label",
                "kind",
                "--epochs",
                "30",
                "--batch",
                "16",
                "--widths",
                "8",
                "--json"));
    assertEquals(16, told.get("suspects").doubleValue(), 4, told.toString());
  }

  @Test
  void suspectsCanBeReplaced() throws IOException {
    JsonNode dropped = json(clean("--noise-rate", "0.5", "--noise", "pair", "--json"));
    JsonNode replaced =
        json(clean("--noise-rate", "0.5", "--noise", "pair", "--replace", "--json"));
    assertEquals(dropped.get("suspects"), replaced.get("suspects"));
    assertEquals(dropped.get("accuracy.before"), replaced.get("accuracy.before"));
    assertEquals(wrong(LabelNoise.pairFlips(3, 0.5).withSeed(1)), dropped.get("wrong").intValue());
  }

  @Test
  void badOptionsAreOneLineAndExitCode2() {
    for (String[] bad :
        new String[][] {
          {"--noise-rate", "1.5"},
          {"--noise", "salt"},
          {"--seeds", "one"},
          {"--epochs", "0"},
          {"--data", folder.resolve("nowhere").toString()},
        }) {
      Shell shell = Shell.run("clean", bad[0], bad[1]);
      assertEquals(2, shell.exitCode(), bad[1]);
      assertEquals(1, shell.err().lines().count(), shell.err());
      assertEquals("", shell.out());
    }
  }
}
