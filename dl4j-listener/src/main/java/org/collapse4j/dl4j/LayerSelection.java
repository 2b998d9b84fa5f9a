package org.collapse4j.dl4j;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which layers a user has chosen: by name, by index, or by a pattern in which {@code *} stands for
 * any characters and {@code ?} for one. A name counts before an index, and that before a pattern.
 *
 * @param chosen names, indices and patterns; empty for the inputs of the output layers
 * @param all whether every layer is chosen, whatever the names
 * @param maps how maps and sequences become features
 */
public record LayerSelection(List<String> chosen, boolean all, FeatureMaps maps)
    implements Serializable {
  /** Nothing chosen: the inputs of the output layers. */
  public static final LayerSelection OUTPUTS =
      new LayerSelection(List.of(), false, FeatureMaps.FLATTENED);

  /** Checks that nothing is null, and copies the list. */
  public LayerSelection {
    chosen = List.copyOf(chosen);
    Objects.requireNonNull(maps, "featureMaps");
  }

  /** These and more layers, by names, indices as text or patterns. */
  public LayerSelection and(String... more) {
    return new LayerSelection(
        Stream.concat(chosen.stream(), Arrays.stream(more)).toList(), all, maps);
  }

  /**
   * These and more layers, by indices.
   *
   * @throws IllegalArgumentException if an index is negative
   */
  public LayerSelection and(int... indices) {
    for (int index : indices) {
      if (index < 0) {
        throw new IllegalArgumentException("A layer index must be at least 0, not " + index);
      }
    }
    return and(Arrays.stream(indices).mapToObj(String::valueOf).toArray(String[]::new));
  }

  /** Every layer. */
  public LayerSelection andAll() {
    return new LayerSelection(chosen, true, maps);
  }

  /** The same layers with another way in which maps and sequences become features. */
  public LayerSelection with(FeatureMaps kind) {
    return new LayerSelection(chosen, all, kind);
  }

  /** Whether nothing was chosen, so that the inputs of the output layers are measured. */
  boolean isOutputs() {
    return !all && chosen.isEmpty();
  }

  /** A layer to choose from. */
  record Candidate(String name, int index) {}

  /**
   * The layers chosen, in the order of the choice and within it of the network.
   *
   * @throws IllegalArgumentException if a choice is no layer; the message has the names that exist
   */
  List<Candidate> from(List<Candidate> layers) {
    if (all) {
      return layers;
    }
    List<Candidate> found = new ArrayList<>();
    for (String choice : chosen) {
      List<Candidate> matching = matching(choice, layers);
      if (matching.isEmpty()) {
        throw new IllegalArgumentException(
            "There is no layer \""
                + choice
                + "\"; the layers are "
                + layers.stream().map(Candidate::name).collect(Collectors.joining(", ")));
      }
      matching.stream().filter(layer -> !found.contains(layer)).forEach(found::add);
    }
    return found;
  }

  private static List<Candidate> matching(String choice, List<Candidate> layers) {
    List<Candidate> named = layers.stream().filter(l -> l.name().equals(choice)).toList();
    if (!named.isEmpty()) {
      return named;
    }
    List<Candidate> indexed =
        layers.stream()
            .filter(l -> l.index() >= 0 && String.valueOf(l.index()).equals(choice))
            .toList();
    if (!indexed.isEmpty()) {
      return indexed;
    }
    Pattern pattern = pattern(choice);
    return layers.stream().filter(l -> pattern.matcher(l.name()).matches()).toList();
  }

  private static Pattern pattern(String choice) {
    String regex = Pattern.quote(choice).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
    return Pattern.compile(regex);
  }
}
