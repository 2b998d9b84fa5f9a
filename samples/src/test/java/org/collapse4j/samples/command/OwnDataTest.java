package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that train, on images and tables of one's own. */
class OwnDataTest {
  @TempDir private Path folder;

  private Path images() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 90; i++) {
      BufferedImage image = new BufferedImage(6, 6, BufferedImage.TYPE_INT_RGB);
      int bright = i % 3;
      for (int p = 0; p < 36; p++) {
        int level = random.nextInt(120) + (p / 12 == bright ? 120 : 0);
        image.setRGB(p % 6, p / 6, level << (8 * bright));
      }
      Path file = folder.resolve("photos/" + List.of("dog", "cat", "<b>owl").get(bright));
      Files.createDirectories(file);
      ImageIO.write(image, "png", file.resolve(i + ".png").toFile());
    }
    return folder.resolve("photos");
  }

  private Path table() throws IOException {
    Random random = new Random(1);
    List<String> lines = new ArrayList<>(List.of("length,width,colour,species"));
    for (int i = 0; i < 90; i++) {
      int species = i % 3;
      lines.add(
          10 * species
              + random.nextInt(8)
              + ","
              + random.nextInt(100) / 10.0
              + ","
              + (random.nextInt(4) == 0 ? "grey" : List.of("red", "blue", "red").get(species))
              + ","
              + List.of("setosa", "versicolor", "virginica").get(species));
    }
    return Files.write(folder.resolve("flowers.csv"), lines);
  }

  private Shell run(String command, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--epochs", "8", "--batch", "16", "--widths", "16"));
    if (command.equals("train")) {
      all.addAll(List.of("--runs", folder.resolve("runs").toString(), "--run", "first"));
    } else {
      all.addAll(List.of("--log", folder.resolve("log.jsonl").toString()));
      all.addAll(List.of("--html", folder.resolve("s.html").toString()));
    }
    all.addAll(List.of(more));
    return Shell.run(all.toArray(String[]::new));
  }

  @Test
  void trainTakesAFolderAClass() throws IOException {
    Path photos = images();
    Files.writeString(photos.resolve("dog/bad.png"), "no picture");
    Shell shell = run("train", "--images", photos.toString(), "--image-size", "6");
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    List<String> lines = shell.out().lines().toList();
    assertTrue(
        lines.get(0).matches("photos-\\w+: 72 training and 18 held-out images of 3 classes.*"),
        shell.out());
    assertEquals("Left out: 1 file that cannot be decoded (dog/bad.png)", lines.get(1));
    Observation last = MetricLog.read(folder.resolve("runs/first.jsonl")).observations().get(15);
    assertTrue(last.parameters().get("data").matches("photos-\\w+"));
  }

  @Test
  void trainTakesATable() throws IOException {
    Shell shell = run("train", "--csv", table().toString(), "--label", "species");
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    assertTrue(
        shell.out().matches("(?s)flowers\\.csv-\\w+: 72 training and 18 held-out rows of 3 .*"),
        shell.out());
    String last = shell.out().lines().filter(l -> l.matches(" +8 .*")).findFirst().orElseThrow();
    assertTrue(Double.parseDouble(last.strip().split(" +", -1)[3]) > 0.8, shell.out());
  }

  @Test
  void suspectsRanksImagesByName() throws IOException {
    Path ranking = folder.resolve("ranking.csv");
    Shell shell =
        run(
            "suspects",
            "--images",
            images().toString(),
            "--image-size",
            "6",
            "--noise-rate",
            "0.2",
            "--ranking",
            ranking.toString());
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    List<String> lines = Files.readAllLines(ranking);
    assertTrue(lines.get(0).endsWith(",epochs,clean,name"), lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      String clean = List.of("<b>owl", "cat", "dog").get(Integer.parseInt(cells[8]));
      assertTrue(cells[9].startsWith(clean + "/"), line);
    }
    String html = Files.readString(folder.resolve("s.html"));
    assertTrue(html.contains("&lt;b&gt;owl"));
    assertFalse(html.contains("<b>"));
  }

  @Test
  void suspectsRanksRowsAndLeavesTheTableAsItIs() throws IOException {
    Path table = table();
    String before = Files.readString(table);
    Path ranking = folder.resolve("ranking.csv");
    Shell shell =
        run(
            "suspects",
            "--csv",
            table.toString(),
            "--label",
            "species",
            "--ranking",
            ranking.toString());
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    assertEquals(73, Files.readAllLines(ranking).size());

    Shell forgotten = run("suspects", "--csv", table.toString());
    assertEquals(2, forgotten.exitCode());
    assertTrue(forgotten.err().contains("flowers.csv is there and no ranking"), forgotten.err());
    Shell same =
        run(
            "suspects",
            "--csv",
            table.toString(),
            "--label",
            "species",
            "--ranking",
            table.toString());
    assertEquals(2, same.exitCode());
    assertTrue(same.err().contains("must be different files"), same.err());
    assertEquals(before, Files.readString(table));
  }

  @Test
  void cleanTakesAFolderAClass() throws IOException {
    Path photos = images();
    Files.writeString(photos.resolve("dog/bad.png"), "no picture");
    String[] options = {
      "clean",
      "--images",
      photos.toString(),
      "--image-size",
      "6",
      "--noise-rate",
      "0.2",
      "--epochs",
      "4",
      "--batch",
      "16",
      "--widths",
      "16",
      "--json"
    };
    Shell shell = Shell.run(options);
    assertEquals(0, shell.exitCode(), shell.err());
    assertEquals("Left out: 1 file that cannot be decoded (dog/bad.png)", shell.err().strip());
    assertTrue(shell.out().strip().startsWith("{"), shell.out());
  }

  /** Decided by the truth, which is known where labels were corrupted for a trial. */
  @Test
  void labelsThatWereCorruptedAreCorrected() throws IOException {
    TinyImages.write(folder);
    Path ranking = folder.resolve("ranking.csv");
    String[] data = {"--data", folder.toString(), "--noise-rate", "0.3", "--seed", "3"};
    List<String> options = new ArrayList<>(List.of(data));
    options.addAll(List.of("--ranking", ranking.toString()));
    assertEquals(0, run("suspects", options.toArray(String[]::new)).exitCode());
    List<String> corrections = new ArrayList<>(List.of("name,given,label"));
    int wrong = 0;
    for (String line : Files.readAllLines(ranking).subList(1, 1 + TinyImages.TRAIN)) {
      String[] cells = line.split(",", -1);
      wrong += cells[3].equals(cells[8]) ? 0 : 1;
      corrections.add(cells[2] + "," + cells[3] + "," + cells[8]);
    }
    Path labels = Files.write(folder.resolve("corrected.csv"), corrections);
    options = new ArrayList<>(List.of(data));
    options.addAll(List.of("--labels", labels.toString()));
    Shell shell = run("train", options.toArray(String[]::new));
    assertEquals("", shell.err());
    assertTrue(
        shell
            .out()
            .contains(
                "corrected.csv: " + wrong + " changed, 0 dropped, " + (120 - wrong) + " kept"),
        shell.out());
    Observation last = MetricLog.read(folder.resolve("runs/first.jsonl")).observations().get(14);
    assertEquals("train", last.split());
    assertTrue(Double.isNaN(last.measurements().value(Metric.MEMORIZATION_FITTED)), "all is right");

    options.set(5, "4");
    Files.delete(folder.resolve("runs/first.jsonl"));
    Shell otherNoise = run("train", options.toArray(String[]::new));
    assertEquals(2, otherNoise.exitCode());
    assertTrue(otherNoise.err().contains("column given must be the label of"), otherNoise.err());
  }

  @Test
  void optionsThatDoNotGoTogetherAreOneLineAndExitCode2() throws IOException {
    String photos = images().toString();
    String table = table().toString();
    for (String[] bad :
        new String[][] {
          {"--images", photos, "--csv", table, "--label", "species"},
          {"--images", photos, "--data", photos},
          {"--images", photos, "--image-size", "0"},
          {"--images", photos, "--image-size", "100000"},
          {"--images", photos, "--held-out", "1"},
          {"--images", photos, "--held-out", "NaN"},
          {"--images", photos, "--label", "species"},
          {"--images", photos, "--grey", "--colour"},
          {"--images", folder.resolve("nowhere").toString()},
          {"--csv", table},
          {"--csv", table, "--label", "kind"},
          {"--csv", table, "--label", "species", "--ignore", "kind"},
          {"--csv", table, "--label", "species", "--image-size", "6"},
          {"--csv", table, "--label", "species", "--model", "cnn"},
          {"--csv", folder.resolve("nowhere.csv").toString(), "--label", "species"},
          {"--label", "species"},
          {"--grey"},
          {"--held-out", "0.3"},
          {"--split-seed", "3"}
        }) {
      Shell shell = run("train", bad);
      String what = String.join(" ", bad) + ": " + shell.err();
      assertEquals(2, shell.exitCode(), what);
      assertEquals(1, shell.err().lines().count(), what);
      assertEquals("", shell.out(), what);
    }
  }
}
