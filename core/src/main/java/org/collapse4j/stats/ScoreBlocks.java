package org.collapse4j.stats;

/**
 * The parts of a row of scores in which the largest is, and those that its softmax feels. Of many
 * classes most parts are neither, which float32 tells before the numbers become wider.
 */
final class ScoreBlocks {
  /** Classes in a part. */
  static final int WIDTH = 64;

  /** Of fewer classes a look in float32 takes as long as it spares. */
  static final int WORTH_LOOKING = 4 * WIDTH;

  /** Of more classes the table in float32 would take more than 17 MB of heap. */
  static final int MOST_CLASSES = 2048;

  /** What is rounded to float32 twice is off by less than this share of the numbers added. */
  private static final double ROUNDING = 0x1p-20;

  private final int numClasses;

  /** What is added to the scores, rounded; null if all parts are taken unseen. */
  private final float[] table;

  private final double largestInTable;
  private final float[] largest;
  private final int[] chosen;

  private ScoreBlocks(float[] table, int numClasses, int width) {
    this.table = table;
    this.numClasses = numClasses;
    this.largestInTable = table == null ? 0 : largestMagnitude(table);
    int parts = (numClasses + width - 1) / width;
    this.largest = new float[parts];
    this.chosen = new int[parts];
  }

  private static double largestMagnitude(float[] numbers) {
    float largest = 0;
    for (float number : numbers) {
      float magnitude = Math.abs(number);
      // What is -infinity is nobody's best, and what is another infinity or NaN is seen in sums.
      largest = magnitude < Float.POSITIVE_INFINITY ? Math.max(largest, magnitude) : largest;
    }
    return largest;
  }

  /** The whole row as one part. */
  static ScoreBlocks whole(int numClasses) {
    return new ScoreBlocks(null, numClasses, numClasses);
  }

  /**
   * Parts to choose from.
   *
   * @param table what is added to scores, of {@link #WORTH_LOOKING} to {@link #MOST_CLASSES}
   *     classes
   */
  static ScoreBlocks of(double[] table, int numClasses) {
    return new ScoreBlocks(HostMatrix.narrowed(table), numClasses, WIDTH);
  }

  /**
   * Reads a row and chooses its parts, whose numbers are wide afterwards.
   *
   * @param from where the row of the table begins that is added
   * @return how many were chosen, in their order
   */
  int read(HostMatrix scores, int index, int from) {
    if (table == null) {
      scores.read(index);
      return 1;
    }
    scores.readNarrow(index);
    float most = Float.NEGATIVE_INFINITY;
    for (int part = 0; part < largest.length; part++) {
      largest[part] = scores.largestSum(table, from, first(part), last(part));
      most = Math.max(most, largest[part]);
    }
    double rounding = ROUNDING * (Math.abs(most) + largestInTable);
    double least = most + HostMatrix.NEGLIGIBLE - rounding;
    int count = 0;
    for (int part = 0; part < largest.length; part++) {
      if (!(largest[part] < least)) { // All of them if a number is NaN.
        scores.widen(first(part), last(part));
        chosen[count++] = part;
      }
    }
    return count;
  }

  private int first(int part) {
    return part * WIDTH;
  }

  private int last(int part) {
    return table == null ? numClasses : Math.min(numClasses, (part + 1) * WIDTH);
  }

  /** The first class of a part that was chosen. */
  int firstOf(int place) {
    return first(chosen[place]);
  }

  /** The class after the last of a part that was chosen. */
  int lastOf(int place) {
    return last(chosen[place]);
  }
}
