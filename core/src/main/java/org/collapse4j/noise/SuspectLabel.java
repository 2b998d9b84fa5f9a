package org.collapse4j.noise;

/**
 * What speaks for or against the label of one example.
 *
 * @param index of the example in its data set
 * @param given the label it was trained on
 * @param sitsWith the other class that was most often the strongest rival of the given one: the
 *     class the example sits with if its label is wrong
 * @param margin the logit of the given label minus the largest other, averaged over the epochs
 *     seen; negative if the network prefers another class on average
 * @param distanceRatio the distance of the features to the centre of the given class over that to
 *     the centre of the strongest rival, geometric mean over the epochs seen; above 1 if the
 *     example sits with the rival; NaN if features or a centre were missing
 * @param epochs how often the example has been observed, at least 1
 */
public record SuspectLabel(
    long index, int given, int sitsWith, double margin, double distanceRatio, int epochs) {}
