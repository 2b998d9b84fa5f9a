package org.collapse4j.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The features of a layer of width two, as far as a picture needs them: a sample of examples, the
 * centres of the classes and the classifier. Immutable.
 *
 * @param examples a bounded sample, at most {@value #MOST_EXAMPLES}
 * @param centres the mean of each class; null for a class without examples
 * @param classifier a row for each class; empty if there is no classifier on top of the layer
 */
public record FeaturePlane(
    List<Example> examples, List<Centre> centres, List<ClassifierRow> classifier) {

  /** How many examples are kept at most. */
  public static final int MOST_EXAMPLES = 400;

  /** Copies the lists and checks their bound. */
  public FeaturePlane {
    examples = List.copyOf(examples);
    centres = Collections.unmodifiableList(new ArrayList<>(centres));
    classifier = List.copyOf(classifier);
    if (examples.size() > MOST_EXAMPLES) {
      throw new IllegalArgumentException(
          "At most " + MOST_EXAMPLES + " examples are kept, not " + examples.size());
    }
  }

  /**
   * An example.
   *
   * @param x its first feature
   * @param y its second
   * @param given the index of the class it is labelled as
   * @param clean that of its true class; the given one where nothing else is known
   */
  public record Example(double x, double y, int given, int clean) implements Serializable {}

  /**
   * The mean feature of a class.
   *
   * @param x first feature
   * @param y second feature
   */
  public record Centre(double x, double y) implements Serializable {}

  /**
   * The logit of a class is {@code x * feature 1 + y * feature 2 + bias}.
   *
   * @param x weight of the first feature
   * @param y weight of the second
   * @param bias added
   */
  public record ClassifierRow(double x, double y, double bias) implements Serializable {}
}
