package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.IntStream;
import org.collapse4j.Examples;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** That what is closed frees every array that it holds, and not only when it is out of reach. */
class FreedArraysTest {
  private static final int K = 70;

  /** The arrays that an object of this package holds, itself and in what it is made of. */
  static Set<INDArray> arraysOf(Object holder) throws IllegalAccessException {
    Set<INDArray> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Field field : holder.getClass().getDeclaredFields()) {
      field.setAccessible(true);
      Object held = Modifier.isStatic(field.getModifiers()) ? null : field.get(holder);
      if (held instanceof INDArray array) {
        arrays.add(array);
      } else if (held instanceof AutoCloseable) {
        arrays.addAll(arraysOf(held));
      }
    }
    return arrays;
  }

  private static void assertFreed(int count, AutoCloseable holder) throws Exception {
    Set<INDArray> arrays = arraysOf(holder);
    assertEquals(count, arrays.size());
    for (INDArray array : arrays) {
      assertFalse(array.wasClosed());
    }
    holder.close();
    for (INDArray array : arrays) {
      assertTrue(array.wasClosed());
    }
  }

  private static Decider decider(DataType type, boolean bySpan) {
    Examples examples = Examples.of(K, 140, 4 * K, 2);
    Classifier classifier = Classifier.of(Examples.of(K, 140, K, 5).features(), null);
    Decider decider = new Decider(type, examples.statistics(), classifier);
    try (FeatureBlock block = FeatureBlock.forScores(type, 140, K)) {
      // So far from their means that distances alone decide on few of them.
      INDArray features = examples.features().mul(1.7).castTo(type);
      block.fill(features, examples.labels().toIntVector(), 0);
      decider.shift(block);
      INDArray span = bySpan ? Nd4j.create(DataType.DOUBLE, new long[] {K, K}, 'f') : null;
      decider.decide(block, span);
    }
    return decider;
  }

  @Test
  void aDeciderFreesItsWeightsCentresProductsAndWhatTellsByHalfTheFeatures() throws Exception {
    assertFreed(4, decider(DataType.FLOAT, false));
  }

  @Test
  void aDeciderFreesTheBasisOfTheMeansAndWhatIsInItsSpan() throws Exception {
    assertFreed(7, decider(DataType.DOUBLE, true));
  }

  @Test
  void aDeciderWithoutCentresFreesItsWeights() throws Exception {
    Classifier classifier = Classifier.of(Examples.of(K, 5, K, 5).features(), null);
    assertFreed(1, new Decider(DataType.FLOAT, null, classifier));
  }

  @Test
  void whatGivenLogitsDecideFreesThem() throws Exception {
    GivenDecisions given = GivenDecisions.of(DataType.FLOAT, K, null);
    given.add(Nd4j.ones(DataType.FLOAT, 9, K), IntStream.range(0, 9).toArray(), 0);
    assertFreed(1, given);
  }

  @Test
  void aBlockFreesItsRows() throws Exception {
    FeatureBlock block = FeatureBlock.forSums(DataType.FLOAT, 5, K);
    assertFreed(0, block);
    block.fill(Nd4j.ones(DataType.FLOAT, 9, 5), IntStream.range(0, 9).toArray(), 0);
    assertFreed(1, block);
  }

  @Test
  void productsAndTablesOfADeviceAreFreed() throws Exception {
    RowProducts products = new RowProducts();
    INDArray rows = Nd4j.ones(DataType.FLOAT, 9, 5);
    products.of(rows, Nd4j.ones(DataType.FLOAT, 3, 5));
    assertFreed(1, products);
    assertFreed(
        1, new ClassScores.WholeArrayScores(Nd4j.ones(DataType.DOUBLE, 3, 3), new double[3]));
  }

  @Test
  void productsOfMoreRowsTakeTheMemoryOfThoseBefore() throws Exception {
    RowProducts products = new RowProducts();
    INDArray vectors = Nd4j.ones(DataType.FLOAT, 3, 5);
    products.of(Nd4j.ones(DataType.FLOAT, 9, 5), vectors);
    INDArray before = arraysOf(products).iterator().next();
    products.of(Nd4j.ones(DataType.FLOAT, 4, 5), vectors);
    assertSame(before, arraysOf(products).iterator().next(), "of fewer it is kept");
    products.of(Nd4j.ones(DataType.FLOAT, 10, 5), vectors);
    assertTrue(before.wasClosed());
    products.close();
  }
}
