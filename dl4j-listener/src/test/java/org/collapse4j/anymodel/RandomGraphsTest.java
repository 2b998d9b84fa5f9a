package org.collapse4j.anymodel;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * As {@link RandomModelsTest}, of SameDiff graphs: {@code -Dcollapse4j.graphs=200} draws more, and
 * {@code -Dcollapse4j.firstGraph=17 -Dcollapse4j.graphs=1} the one of a seed.
 */
class RandomGraphsTest {
  @TestFactory
  Stream<DynamicTest> trainToTheSameBitsAndMeasureWhatIsDefined() {
    return RandomTraining.tests("collapse4j.firstGraph", "collapse4j.graphs", 20, RandomGraph::new);
  }
}
