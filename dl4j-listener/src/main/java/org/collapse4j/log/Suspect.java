package org.collapse4j.log;

/**
 * A training example whose label is probably wrong.
 *
 * @param example its index in the training set
 * @param given the index of the class it is labelled as
 * @param sitsWith the index of the class whose examples it sits with
 * @param margin the logit of its label minus the largest other, on average over the epochs seen;
 *     the lower, the more suspicious
 * @param distanceRatio its distance to the centre of its label over that to the centre of the class
 *     it sits with
 */
public record Suspect(long example, int given, int sitsWith, double margin, double distanceRatio) {}
