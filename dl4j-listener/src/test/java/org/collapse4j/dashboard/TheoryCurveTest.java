package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheoryCurveTest {
  @TempDir private Path folder;

  private Path csv(String content) throws IOException {
    return Files.writeString(folder.resolve("theory.csv"), content);
  }

  @Test
  void aCurveForEachAlphaAndC() throws IOException {
    List<TheoryCurve> curves =
        TheoryCurve.read(
            csv(
                """
                alpha,noise.rate,other,expressivity,dilation.relative
                0,0.1,x,1,0.226
                0,0.2,x,1,0.373
                0.1,0.1,x,1,0.174
                """));
    assertEquals(2, curves.size());
    assertEquals("alpha 0, C 1", curves.get(0).label());
    assertEquals(
        List.of(
            new TheoryCurve.Point(0.1, Double.NaN, Double.NaN, 0.226),
            new TheoryCurve.Point(0.2, Double.NaN, Double.NaN, 0.373)),
        curves.get(0).points());
  }

  @Test
  void memorizationIsReadWhereItIsThere() throws IOException {
    List<TheoryCurve> curves =
        TheoryCurve.read(
            csv(
                """
                noise.rate,alpha,expressivity,separation,dilation.relative,memorization.mean,\
                memorization.fraction
                0.1,0,1,2,0.2,1.5,0.7
                0,0,1,2,0,NaN,
                """));
    assertEquals(
        List.of(
            new TheoryCurve.Point(0.1, 0.7, 0.75, 0.2),
            new TheoryCurve.Point(0, Double.NaN, Double.NaN, 0)),
        curves.get(0).points());
  }

  /** A table with the columns that the command {@code theory} of 0.1.0 writes; never changed. */
  @Test
  void aTableOfVersion010IsRead() throws IOException {
    List<TheoryCurve> curves =
        TheoryCurve.read(Path.of("src", "test", "resources", "theory-0.1.0.csv"));
    assertEquals(
        List.of("alpha 0.0, C 1.0", "alpha 0.1, C 1.0"),
        curves.stream().map(TheoryCurve::label).toList());
    assertEquals(
        List.of(
            new TheoryCurve.Point(0, Double.NaN, Double.NaN, 0),
            new TheoryCurve.Point(0.1, 0.66, 2.26 / 3.4, 0.226),
            new TheoryCurve.Point(0.2, 0.55, 1.865 / 3.4, 0.373)),
        curves.get(0).points());
  }

  @Test
  void whatIsNoTableOfTheTheoryIsRefused() throws IOException {
    Path file = csv("a,b\n1,2\n");
    assertEquals(
        file
            + " is no table of the theory: it must have the columns [noise.rate, alpha,"
            + " expressivity, dilation.relative], not [a, b]",
        refusal(file));
    csv("noise.rate,alpha,expressivity,dilation.relative\n0.1,1,0,much\n");
    assertEquals(
        file + ", line 2: dilation.relative must be a number, not \"much\"", refusal(file));
    csv("");
    assertTrue(refusal(file).endsWith("not []"), refusal(file));
  }

  private static String refusal(Path file) {
    return assertThrows(IllegalArgumentException.class, () -> TheoryCurve.read(file)).getMessage();
  }
}
