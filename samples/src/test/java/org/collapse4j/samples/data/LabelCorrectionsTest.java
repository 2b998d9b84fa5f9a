package org.collapse4j.samples.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class LabelCorrectionsTest {
  @TempDir private Path folder;
  private Path file;
  private ImageData images;

  /** Six images of the classes cat, "dog, wet" and owl, two each, whose first pixel is a number. */
  @BeforeEach
  void make() {
    file = folder.resolve("c.csv");
    INDArray pixels = Nd4j.createFromArray(new float[] {0, 1, 2, 3, 4, 5}).reshape(6, 1);
    INDArray labels = Nd4j.zeros(6, 3);
    for (int i = 0; i < 6; i++) {
      labels.putScalar(i, i / 2, 1);
    }
    DataSet data = new DataSet(pixels, labels);
    List<String> classes = List.of("cat", "dog, wet", "owl");
    List<String> names = List.of("cat/1", "cat/2", "dog, wet/1", "dog, wet/2", "owl/1", "owl/2");
    images =
        new ImageData(
            "animals",
            data,
            data,
            1,
            1,
            1,
            classes,
            ExampleSources.files(folder, names, List.of()));
  }

  private ImageData apply(ImageData selected, String... lines) throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
    return LabelCorrections.read(file).apply(selected, selected.train(), images);
  }

  private String refusal(String... lines) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> apply(images, lines)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message.replace(folder + "/", "");
  }

  @Test
  void labelsAreChangedAndExamplesDropped() throws IOException {
    ImageData corrected =
        apply(
            images,
            "index,name,given,suggested,decision,label",
            "9,owl/1,owl,cat,change,\"dog, wet\"",
            "9,cat/2,cat,owl,drop,",
            "9,\"dog, wet/1\",\"dog, wet\",cat,keep,\"dog, wet\"");
    assertArrayEquals(
        new int[] {0, 1, 1, 1, 2}, corrected.train().getLabels().argMax(1).toIntVector());
    assertArrayEquals(new float[] {0, 2, 3, 4, 5}, corrected.train().getFeatures().toFloatVector());
    assertEquals(
        List.of("cat/1", "dog, wet/1", "dog, wet/2", "owl/1", "owl/2"),
        corrected.sources().names());
    assertEquals(
        List.of("Labels of " + file + ": 1 changed, 1 dropped, 1 kept"),
        corrected.sources().remarks());
    assertArrayEquals(
        new int[] {0, 0, 1, 1, 2, 2},
        images.train().getLabels().argMax(1).toIntVector(),
        "the data stay as they are");
  }

  /** The file in the test resources is what the page of that version exported. */
  @Test
  void decisionsExportedByVersion010AreRead() throws IOException {
    Path exported = Path.of("src", "test", "resources", "corrected-0.1.0.csv");
    ImageData corrected = LabelCorrections.read(exported).apply(images, images.train(), images);
    assertArrayEquals(
        new int[] {0, 1, 1, 1, 2}, corrected.train().getLabels().argMax(1).toIntVector());
    assertEquals(
        List.of("Labels of " + exported + ": 1 changed, 1 dropped, 1 kept"),
        corrected.sources().remarks());
  }

  @Test
  void aFileWrittenByHandNeedsThreeColumns() throws IOException {
    ImageData corrected =
        apply(images, "label;index;given", "owl;0;cat", ";3;dog, wet", "cat;1;cat");
    assertArrayEquals(
        new int[] {2, 0, 1, 2, 2}, corrected.train().getLabels().argMax(1).toIntVector());
  }

  @Test
  void decisionsOnExamplesThatAreNotSelectedArePassedOver() throws IOException {
    ImageData corrected =
        apply(
            images.ofClasses(List.of(2, 0)),
            "name,given,label",
            "\"dog, wet/1\",\"dog, wet\",cat",
            "cat/1,cat,owl");
    assertArrayEquals(
        new int[] {0, 1, 0, 0}, corrected.train().getLabels().argMax(1).toIntVector());
    assertEquals(
        List.of(
            "Labels of "
                + file
                + ": 1 changed, 0 dropped, 0 kept; 1 are of examples that take no part"),
        corrected.sources().remarks());
  }

  @Test
  void whatDoesNotBelongToTheDataIsSaidWithItsRow() {
    String header = "name,given,decision,label";
    assertEquals(
        "c.csv, row 2, column name must be a training example of animals, not \"cow/1\": the"
            + " options of the data must be those that it was decided with",
        refusal(header, "cow/1,cat,keep,cat"));
    assertEquals(
        "c.csv, row 3, column given must be the label of \"cat/2\" in the data, \"cat\", not"
            + " \"owl\"",
        refusal(header, "cat/1,cat,keep,cat", "cat/2,owl,change,cat"));
    assertEquals(
        "c.csv, row 2, column label must be one of the classes cat, dog, wet, owl, not \"cow\"",
        refusal(header, "cat/1,cat,change,cow"));
    assertEquals(
        "c.csv, row 2, column decision must be keep, change or drop, not \"perhaps\"",
        refusal(header, "cat/1,cat,perhaps,cat"));
    assertEquals(
        "c.csv, row 2, column label must be the given one where the decision is to keep it",
        refusal(header, "cat/1,cat,keep,owl"));
    assertEquals(
        "c.csv, row 3, column name must be another example than that of row 2: \"cat/1\"",
        refusal(header, "cat/1,cat,keep,cat", "cat/1,cat,drop,"));
    assertEquals(
        "c.csv has no column \"given\" but name, label", refusal("name,label", "cat/1,cat"));
    assertEquals("c.csv has no column \"index\" but given, label", refusal("given,label", "a,b"));
    assertEquals(
        "c.csv must leave some examples, but drops all 6",
        refusal(
            "index,given,label",
            "0,cat,",
            "1,cat,",
            "2,\"dog, wet\",",
            "3,\"dog, wet\",",
            "4,owl,",
            "5,owl,"));
    assertThrows(
        FileNotFoundException.class, () -> LabelCorrections.read(folder.resolve("nowhere")));
  }
}
