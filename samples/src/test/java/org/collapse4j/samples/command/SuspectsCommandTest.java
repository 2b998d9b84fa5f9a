package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.noise.SuspectLabelsAccumulator;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.model.Mlp;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.evaluation.classification.ROC;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class SuspectsCommandTest {
  /** Of areas computed from ranks in float64 and by DL4J from scores in float32. */
  private static final double SAME_AREA = 1e-3;

  @TempDir private Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    TinyImages.write(folder);
  }

  private Shell suspects(String... more) {
    return suspects(8, more);
  }

  private Shell suspects(int epochs, String... more) {
    List<String> all = new ArrayList<>(List.of("suspects", "--data", folder.toString()));
    all.addAll(List.of("--log", folder.resolve("log.jsonl").toString()));
    all.addAll(List.of("--csv", folder.resolve("out/s.csv").toString()));
    all.addAll(List.of("--html", folder.resolve("s.html").toString()));
    all.addAll(List.of("--epochs", String.valueOf(epochs), "--batch", "16", "--widths", "16"));
    all.addAll(List.of(more));
    return Shell.run(all.toArray(String[]::new));
  }

  private List<String[]> csv() throws IOException {
    return Files.readAllLines(folder.resolve("out/s.csv")).stream()
        .map(l -> l.split(",", -1))
        .toList();
  }

  @Test
  void filesThatCannotBeWrittenAreSaidBeforeTraining() {
    Path csv = folder.resolve("out/s.csv");
    Shell folders = Shell.run("suspects", "--csv", csv.toString(), "--html", folder.toString());
    assertEquals(2, folders.exitCode());
    assertEquals(
        "collapse4j: html must be a file, and " + folder + " is a directory",
        folders.err().strip());
    Shell same = Shell.run("suspects", "--csv", csv.toString(), "--html", csv.toString());
    assertEquals(2, same.exitCode());
    assertTrue(same.err().startsWith("collapse4j: csv, html and log must be different files"));
    assertEquals("", folders.out() + same.out());
    assertFalse(Files.exists(csv));
  }

  /** The file in the test resources was written by that version, and is one of today's. */
  @Test
  void aRankingOfVersion010IsKnownAndReplacedByOneOfTheSameColumns() throws IOException {
    Path kept = Path.of("src", "test", "resources", "ranking-0.1.0.csv");
    Path csv = Files.createDirectories(folder.resolve("out")).resolve("s.csv");
    Files.copy(kept, csv);
    Shell shell = suspects("--noise-rate", "0.3");
    assertEquals("", shell.err());
    assertEquals(Files.readAllLines(kept).get(0), String.join(",", csv().get(0)));
    assertEquals(1 + TinyImages.TRAIN, csv().size());
  }

  @Test
  void wrongLabelsRankFirst() throws IOException {
    Shell shell = suspects("--noise-rate", "0.3", "--pictures", "5");
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    List<String[]> csv = csv();
    assertEquals(
        "rank,suspect,index,given,sits_with,margin,distance_ratio,epochs,clean",
        String.join(",", csv.get(0)));
    assertEquals(1 + TinyImages.TRAIN, csv.size());
    ROC roc = new ROC(0);
    long wrong = 0;
    for (String[] row : csv.subList(1, csv.size())) {
      boolean corrupted = !row[3].equals(row[8]);
      wrong += corrupted ? 1 : 0;
      assertEquals(Integer.parseInt(row[2]) % 3, Integer.parseInt(row[8]), "the clean class");
      double score = 1 / (1 + Math.exp(Double.parseDouble(row[5])));
      roc.eval(Nd4j.scalar(corrupted ? 1.0 : 0.0).reshape(1, 1), Nd4j.scalar(score).reshape(1, 1));
    }
    assertTrue(shell.out().contains(wrong + " of the labels are wrong"), shell.out());
    String[] last =
        shell
            .out()
            .lines()
            .filter(l -> l.matches(" +8 .*"))
            .findFirst()
            .orElseThrow()
            .split(" +", -1);
    double auroc = Double.parseDouble(last[6]);
    assertEquals(roc.calculateAUC(), auroc, SAME_AREA);
    assertTrue(auroc > 0.9, shell.out());
    assertEquals("true", csv.get(1)[1]);
    assertEquals("false", csv.get(csv.size() - 1)[1]);
  }

  @Test
  void itIsSaidWhereMemorizationBegan() {
    Shell shell = suspects(60, "--noise-rate", "0.4", "--learning-rate", "0.2");
    Matcher said =
        Pattern.compile("Memorization began at epoch (\\d+), which the evidence ends with")
            .matcher(shell.out());
    assertTrue(said.find(), shell.out());
    int began = Integer.parseInt(said.group(1));
    double least =
        IntStream.range(1, began)
            .mapToDouble(epoch -> memorized(shell, epoch))
            .filter(share -> !Double.isNaN(share))
            .min()
            .orElse(0);
    double rise = memorized(shell, began) - least;
    assertTrue(rise > SuspectLabels.MEMORIZATION_BEGUN, shell.out());
    assertTrue(began >= 6 || rise > 0.25, shell.out());
    assertFalse(suspects().out().contains("Memorization began"));
  }

  /** The share of the suspects that is memorized after an epoch. */
  private static double memorized(Shell shell, int epoch) {
    String[] cells =
        shell
            .out()
            .lines()
            .filter(line -> line.matches(" +" + epoch + " .*"))
            .findFirst()
            .orElseThrow()
            .split(" +", -1);
    String cell = cells[cells.length - 2];
    return cell.equals("-") ? Double.NaN : Double.parseDouble(cell);
  }

  @Test
  void thePageShowsThePicturesOfTheWorst() throws IOException {
    suspects("--noise-rate", "0.3", "--pictures", "5");
    String html = Files.readString(folder.resolve("s.html"));
    Matcher pictures =
        Pattern.compile("<img src=\"data:image/png;base64,([^\"]+)\" alt=\"([^\"]+)\">")
            .matcher(html);
    String[] worst = csv().get(1);
    assertTrue(pictures.find());
    assertEquals(
        "image " + worst[2] + ", labelled " + worst[3] + ", sits with " + worst[4],
        pictures.group(2));
    byte[] png = Base64.getDecoder().decode(pictures.group(1));
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
    assertNotNull(picture);
    assertEquals(3, picture.getWidth());
    assertEquals(3, picture.getHeight());
    assertEquals(5, 1 + pictures.results().count());
    assertFalse(html.replace("http-equiv", "").contains("http"), "the page loads nothing");
  }

  @Test
  void withoutNoiseOfOurOwnNothingIsSaidOfTheTruth() throws IOException {
    Shell shell = suspects();
    assertEquals(0, shell.exitCode(), shell.err());
    assertEquals("epochs", csv().get(0)[csv().get(0).length - 1]);
    assertFalse(shell.out().contains("AUROC"));
    assertFalse(Files.readString(folder.resolve("s.html")).contains("in truth"));
  }

  @Test
  void aTrainedNetworkIsTakenAsItIs() throws IOException {
    Path file = folder.resolve("network.zip");
    ModelSerializer.writeModel(Mlp.builder(9, 3).widths(List.of(4)).build(), file.toFile(), true);
    Shell shell = suspects("--network", file.toString());
    assertEquals(0, shell.exitCode(), shell.err());
    assertEquals("1", csv().get(1)[7]);

    ModelSerializer.writeModel(Mlp.builder(7, 3).widths(List.of(4)).build(), file.toFile(), true);
    Shell other = suspects("--network", file.toString());
    assertEquals(2, other.exitCode());
    assertTrue(other.err().contains("The network must be one for the images of"), other.err());
    assertEquals(1, other.err().lines().count());
  }

  @Test
  void badOptionsAreOneLineAndExitCode2() throws IOException {
    Files.writeString(folder.resolve("text.zip"), "no network");
    for (String[] bad :
        new String[][] {
          {"--network", folder.resolve("nowhere.zip").toString()},
          {"--network", folder.resolve("text.zip").toString()},
          {"--pictures", "0"},
          {"--noise-rate", "-1"},
        }) {
      Shell shell = suspects(bad);
      assertEquals(2, shell.exitCode(), bad[1]);
      assertEquals(1, shell.err().lines().count(), shell.err());
      assertFalse(Files.exists(folder.resolve("s.html")));
    }
  }

  @Test
  void namesAreEscaped() throws IOException {
    DataSet images = new DataSet(Nd4j.ones(2, 12), Nd4j.eye(2));
    List<String> names = List.of("<b>cats & \"dogs\"</b>", "it's");
    ImageData data = new ImageData("<script>", images, images, 3, 2, 2, names);
    SuspectLabelsAccumulator evidence = SuspectLabelsAccumulator.forClasses(2);
    evidence.observe(
        new long[] {0, 1}, Nd4j.create(new double[][] {{1, 2}, {3, 1}}), new int[] {0, 1});
    String html = new SuspectsPage(data, evidence.snapshot(), null).html(10);
    assertFalse(html.contains("<script>"));
    assertFalse(html.contains("<b>"));
    assertTrue(
        html.contains(
            "alt=\"image 1, labelled it&#39;s, sits with &lt;b&gt;cats &amp; &quot;dogs&quot;&lt;/b&gt;\""),
        html);
  }
}
