package org.collapse4j.dl4j;

/**
 * The options of whatever measures a network that has layers to choose from.
 *
 * @param <B> the builder that these are options of
 */
public interface LayerOptions<B> {
  /**
   * Measures these layers instead of the input of the output layer. Of an output layer the input is
   * measured, together with its weights; of any other layer its activations (see {@link
   * #featureMaps}). A layer that leads to several outputs is measured once for the labels of each,
   * as {@code layer:output}. In the stream, a layer of a graph is seen after the dropout of the
   * layer behind it, since DL4J drops in place there.
   *
   * @param names names, indices as text, or patterns in which {@code *} stands for any characters
   *     and {@code ?} for one
   */
  B layers(String... names);

  /**
   * Measures the layers with these indices, as {@link #layers(String...)}.
   *
   * @throws IllegalArgumentException if an index is negative
   */
  B layers(int... indices);

  /** Measures every layer, as {@link #layers(String...)}. */
  B allLayers();

  /** How maps and sequences become features; {@link FeatureMaps#FLATTENED} unless set. */
  B featureMaps(FeatureMaps kind);
}
