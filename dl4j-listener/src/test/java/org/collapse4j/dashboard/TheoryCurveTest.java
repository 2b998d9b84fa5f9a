package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
            csv("alpha,eta,other,C,r/D\n0,0.1,x,1,0.226\n0,0.2,x,1,0.373\n0.1,0.1,x,1,0.174\n"));
    assertEquals(2, curves.size());
    assertEquals("alpha 0, C 1", curves.get(0).label());
    assertEquals(
        List.of(
            new TheoryCurve.Point(0.1, Double.NaN, 0.226),
            new TheoryCurve.Point(0.2, Double.NaN, 0.373)),
        curves.get(0).points());
  }

  @Test
  void memorizationIsReadWhereItIsThere() throws IOException {
    List<TheoryCurve> curves =
        TheoryCurve.read(csv("eta,C,alpha,r/D,memorization.relative\n0.1,1,0,0.2,0.7\n"));
    assertEquals(List.of(new TheoryCurve.Point(0.1, 0.7, 0.2)), curves.get(0).points());
  }

  @Test
  void whatIsNoTableOfTheTheoryIsRefused() throws IOException {
    Path file = csv("a,b\n1,2\n");
    assertEquals(
        file
            + " is no table of the theory: it must have the columns [eta, C, alpha, r/D], not"
            + " [a, b]",
        assertThrows(IllegalArgumentException.class, () -> TheoryCurve.read(file)).getMessage());
    csv("eta,C,alpha,r/D\n0.1,1,0,much\n");
    assertEquals(
        file + ", line 2: r/D must be a number, not \"much\"",
        assertThrows(IllegalArgumentException.class, () -> TheoryCurve.read(file)).getMessage());
    csv("");
    assertThrows(IllegalArgumentException.class, () -> TheoryCurve.read(file));
  }
}
