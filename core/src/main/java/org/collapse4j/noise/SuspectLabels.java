package org.collapse4j.noise;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongPredicate;

/**
 * Examples ranked by how probably their label is wrong, with no clean label known. Immutable;
 * gathered by a {@link SuspectLabelsAccumulator}.
 *
 * <p>A network learns what most examples of a class have in common before it memorizes the
 * exceptions. So the margin of a wrong label (its logit minus the largest other) is negative while
 * training is young, and its average over the epochs stays behind that of a right one even after it
 * has been fitted (the area under the margin of Pleiss et al. 2020, of a network in inference
 * mode). The smaller this average, the higher an example ranks.
 */
public final class SuspectLabels {
  /**
   * By how much the memorized share of the suspects has to rise for memorization to have begun:
   * what is observed from there on makes the ranking worse. Small, since a network that memorizes
   * few of the wrong labels in the end memorizes them slowly.
   */
  public static final double MEMORIZATION_BEGUN = 0.025;

  private final List<SuspectLabel> ranking;
  private final int estimatedCount;
  private final double fluctuation;
  private final double memorizationEstimated;
  private final OptionalInt frozenAt;

  /**
   * Ranks examples.
   *
   * @param fitted whether the example with an index is predicted as its given label now
   */
  SuspectLabels(
      List<SuspectLabel> examples, double fluctuation, LongPredicate fitted, OptionalInt frozenAt) {
    this.ranking =
        examples.stream()
            .sorted(
                Comparator.comparingDouble(SuspectLabel::margin)
                    .thenComparingLong(SuspectLabel::index))
            .toList();
    this.estimatedCount =
        WrongLabelCount.of(
            ranking.stream().mapToDouble(SuspectLabel::margin).toArray(), fluctuation);
    this.fluctuation = fluctuation;
    this.frozenAt = frozenAt;
    this.memorizationEstimated = (double) countIn(suspects(), fitted) / estimatedCount;
  }

  /** Every example observed, the most suspect first; of equal margins the lower index. */
  public List<SuspectLabel> ranking() {
    return ranking;
  }

  /**
   * How much the margin of an example fluctuates from one epoch to the next: {@code sqrt(sum_i
   * sum_t (m_it - m_i(t-1))^2 / (2 sum_i (T_i - 1)))}, m_it the margin of example i the t-th time
   * of T_i it was observed. This is the standard deviation by mean square successive difference
   * (von Neumann 1941), which a slow drift does not raise.
   *
   * @return at least 0; 0 before a second epoch
   */
  public double fluctuation() {
    return fluctuation;
  }

  /**
   * The estimated number of wrong labels: of those whose average margin is below zero, what exceeds
   * the number of right but hard examples there; but at least those whose average margin is so far
   * below zero that a margin would fluctuate there from zero only once in twenty times, {@code
   * -1.645} times the {@link #fluctuation()} if it were normally distributed.
   *
   * <p>How many examples are hard is told by the margins above zero, which are nearly all of right
   * labels. The lower half of those is taken for a normal distribution about their median, cut off
   * at zero; its width is that with the mean square distance to the median that they have, and what
   * it would have below zero is the number of the hard ones. Where the lower half falls off towards
   * zero no faster than a uniform distribution, as early in training, of a hard data set with
   * hardly a wrong label, or where the labels of some classes are wrong much more often than those
   * of others, that tells nothing.
   *
   * <p>It needs some epochs of training to be of use, and is too small once many wrong labels have
   * been memorized, unless evidence has {@linkplain #frozenAt stopped counting} before. It is too
   * large where few labels of a hard data set are wrong, and far too small where nearly half of a
   * class has the same wrong label, which the network takes for a right one.
   *
   * @return from 0 to the number of examples
   */
  public int estimatedCount() {
    return estimatedCount;
  }

  /** The first {@link #estimatedCount} of the ranking: the labels that are probably wrong. */
  public List<SuspectLabel> suspects() {
    return ranking.subList(0, estimatedCount);
  }

  /**
   * The share of the {@link #suspects} that the network predicted as their given label when they
   * were observed last: of the labels that are probably wrong, those that it has memorized. Stands
   * in for {@code memorization.fitted}, which needs clean labels.
   *
   * @return from 0 to 1; NaN if there is no suspect
   */
  public double memorizationEstimated() {
    return memorizationEstimated;
  }

  /**
   * The number of epochs that count as evidence, if memorization has begun and later ones do not.
   * It begins at the end of the first epoch, from the sixth on, whose {@linkplain
   * #memorizationEstimated share} of memorized suspects is more than a fortieth above the least
   * that it kept to for two epochs from the second on, if that of the epoch before was above it by
   * a third as much; or, from the third on, at one whose share is more than a quarter.
   */
  public OptionalInt frozenAt() {
    return frozenAt;
  }

  /**
   * How well the ranking tells wrong from right labels: the probability that a wrong one ranks
   * above a right one (area under the receiver operating characteristic), equal margins counting
   * half.
   *
   * @param corrupted whether the label of the example with an index is truly wrong
   * @return from 0 to 1, 0.5 for a random ranking; NaN if all labels are wrong or all are right
   */
  public double auroc(LongPredicate corrupted) {
    double wrong = 0;
    double pairs = 0;
    for (int from = 0, to; from < ranking.size(); from = to) {
      to = endOfTie(from);
      double here = wrongIn(from, to, corrupted);
      pairs += (to - from - here) * (wrong + here / 2);
      wrong += here;
    }
    return pairs / (wrong * (ranking.size() - wrong));
  }

  /**
   * The average precision of the ranking: the mean over the wrong labels of the share of wrong ones
   * from the top down to it, examples of equal margins counting as one place.
   *
   * @param corrupted whether the label of the example with an index is truly wrong
   * @return from 0 to 1, the share of wrong labels for a random ranking; NaN if no label is wrong
   */
  public double averagePrecision(LongPredicate corrupted) {
    double wrong = 0;
    double precisions = 0;
    for (int from = 0, to; from < ranking.size(); from = to) {
      to = endOfTie(from);
      double here = wrongIn(from, to, corrupted);
      wrong += here;
      precisions += here * wrong / to;
    }
    return precisions / wrong;
  }

  private int endOfTie(int from) {
    int to = from + 1;
    while (to < ranking.size() && ranking.get(to).margin() == ranking.get(from).margin()) {
      to++;
    }
    return to;
  }

  private long wrongIn(int from, int to, LongPredicate corrupted) {
    return countIn(ranking.subList(from, to), corrupted);
  }

  private static long countIn(List<SuspectLabel> examples, LongPredicate chosen) {
    return examples.stream().filter(example -> chosen.test(example.index())).count();
  }
}
