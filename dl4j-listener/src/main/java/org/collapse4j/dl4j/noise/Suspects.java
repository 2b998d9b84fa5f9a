package org.collapse4j.dl4j.noise;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.collapse4j.noise.SuspectLabel;

/** The labels of a data set that are to be dropped or replaced, by the index of their example. */
final class Suspects {
  private final Map<Long, SuspectLabel> byIndex = new HashMap<>();

  Suspects(Collection<SuspectLabel> suspects) {
    for (SuspectLabel suspect : suspects) {
      if (byIndex.put(suspect.index(), suspect) != null) {
        throw new IllegalArgumentException(
            "An example can be suspect once, but example " + suspect.index() + " is twice");
      }
    }
  }

  /**
   * Whether the label of an example is suspect.
   *
   * @throws IllegalArgumentException if another label was suspected
   */
  boolean contains(long index, int given) {
    SuspectLabel suspect = byIndex.get(index);
    if (suspect != null && suspect.given() != given) {
      throw new IllegalArgumentException(
          String.format(
              "Suspect labels must be of the examples of the data, but example %s has label %s"
                  + " there and %s in the data",
              index, suspect.given(), given));
    }
    return suspect != null;
  }

  /** The label of an example by what is known: the class it sits with if its own is suspect. */
  int replacement(long index, int given) {
    return contains(index, given) ? byIndex.get(index).sitsWith() : given;
  }

  /** The rows of the examples whose label is not suspect. */
  int[] others(List<LabelledExample> examples) {
    return IntStream.range(0, examples.size())
        .filter(i -> !contains(examples.get(i).index(), examples.get(i).given()))
        .toArray();
  }
}
