package org.collapse4j.noise;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Numbers examples in the order in which they come, from 0 on. As long as these numbers are their
 * indices, as where a data set is read in order, nothing is kept; from the first other one on the
 * indices are, and a hash table of the numbers (open addressing with linear probing), until the
 * examples are {@linkplain #putInOrder put in order}.
 */
final class ExampleNumbers implements Serializable {
  private static final long serialVersionUID = 1;

  /** Stands for no example. */
  static final int NONE = -1;

  private static final int SMALLEST_TABLE = 64;

  private int size;

  /** The index of each example by its number; null while the two are the same. */
  private long[] indices;

  /** Numbers of examples plus one, 0 where there is none; at most two thirds are taken. */
  private int[] table;

  int size() {
    return size;
  }

  long index(int number) {
    return indices == null ? number : indices[number];
  }

  /** The number of the example with an index, or {@link #NONE}. */
  int find(long index) {
    if (indices == null) {
      return index >= 0 && index < size ? (int) index : NONE;
    }
    return table[place(index)] - 1;
  }

  /** Numbers an example that has no number yet. */
  int add(long index) {
    if (indices == null && index != size) {
      indices = new long[size];
      for (int number = 0; number < size; number++) {
        indices[number] = number;
      }
      makeTable();
    }
    if (indices != null) {
      indices = indices.length > size ? indices : Arrays.copyOf(indices, grown(size + 1));
      indices[size] = index;
      if (3L * (size + 1) > 2L * table.length) {
        makeTable();
      }
      table[place(index)] = size + 1;
    }
    return size++;
  }

  /**
   * Makes the numbers of the examples their indices, where these are all those from 0 on, as once
   * every example of a shuffled data set has come.
   *
   * @return the number that each example has had until now, by its index; null if they stay
   */
  int[] putInOrder() {
    if (indices == null || Arrays.stream(indices, 0, size).anyMatch(i -> i < 0 || i >= size)) {
      return null;
    }
    int[] before = new int[size];
    for (int number = 0; number < size; number++) {
      before[(int) indices[number]] = number;
    }
    indices = null;
    table = null;
    return before;
  }

  /** A length for arrays of at least so many examples, of which few are added at a time. */
  static int grown(int least) {
    return least + least / 32 + 16;
  }

  private void makeTable() {
    table = new int[Math.max(SMALLEST_TABLE, size * 2)];
    for (int number = 0; number < size; number++) {
      table[place(indices[number])] = number + 1;
    }
  }

  /** Where an index is in the table, or where it would be put. */
  private int place(long index) {
    long mixed = index * 0x9E3779B97F4A7C15L; // Fibonacci hashing
    int place = (int) (((mixed >>> 32) * table.length) >>> 32);
    while (table[place] != 0 && indices[table[place] - 1] != index) {
      place = place + 1 == table.length ? 0 : place + 1;
    }
    return place;
  }
}
