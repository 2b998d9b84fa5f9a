package org.collapse4j.log;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.noise.SuspectLabel;

/**
 * What is known of single examples, beside the measurements of all. Immutable.
 *
 * @param plane features of a layer of width two, for a picture
 * @param suspects examples whose label is probably wrong, the most suspicious first
 */
public record Examples(Optional<FeaturePlane> plane, List<SuspectLabel> suspects) {
  private static final Examples NONE = new Examples(Optional.empty(), List.of());

  /** Copies the list. */
  public Examples {
    Objects.requireNonNull(plane, "plane");
    suspects = List.copyOf(suspects);
  }

  /** Where nothing is known of single examples. */
  public static Examples none() {
    return NONE;
  }

  /** A picture of the features, and no suspect labels. */
  public static Examples of(FeaturePlane plane) {
    return new Examples(Optional.of(plane), List.of());
  }

  /** Suspect labels, and no picture of the features. */
  public static Examples of(List<SuspectLabel> suspects) {
    return new Examples(Optional.empty(), suspects);
  }
}
