package org.collapse4j.stats;

import java.util.Arrays;

/**
 * The classes that some rows are of, numbered anew without gaps, so that what is calculated with
 * the rows takes no memory for the classes they are not of.
 *
 * @param classes the present classes in ascending order, P of them
 * @param ofRows the place of each row's class among these
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, read in loops.
record PresentClasses(int[] classes, int[] ofRows) {
  /**
   * The classes of rows.
   *
   * @param ofRows the class of each row, of which the first ones count
   * @param rows how many count
   */
  static PresentClasses of(int[] ofRows, int rows, int numClasses) {
    int[] placeOf = new int[numClasses];
    for (int i = 0; i < rows; i++) {
      placeOf[ofRows[i]] = 1;
    }
    int size = 0;
    int[] present = new int[Math.min(rows, numClasses)];
    for (int c = 0; c < numClasses; c++) {
      if (placeOf[c] > 0) {
        placeOf[c] = size;
        present[size++] = c;
      }
    }
    int[] places = new int[rows];
    for (int i = 0; i < rows; i++) {
      places[i] = placeOf[ofRows[i]];
    }
    return new PresentClasses(Arrays.copyOf(present, size), places);
  }

  int size() {
    return classes.length;
  }

  /** The number of rows of each. */
  double[] counts() {
    double[] counts = new double[size()];
    for (int place : ofRows) {
      counts[place]++;
    }
    return counts;
  }

  /** The sum over the rows of each of a number a row. */
  double[] totals(double[] perRow) {
    double[] totals = new double[size()];
    for (int i = 0; i < ofRows.length; i++) {
      totals[ofRows[i]] += perRow[i];
    }
    return totals;
  }

  /** The first row of each. */
  int[] firstRows() {
    int[] first = new int[size()];
    for (int i = ofRows.length - 1; i >= 0; i--) {
      first[ofRows[i]] = i;
    }
    return first;
  }
}
