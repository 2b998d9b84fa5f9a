package org.collapse4j.samples.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How examples of one file or folder are parted into those to train on and those held out: by
 * chance, but of each class the same share.
 *
 * @param share of each class that is held out, above 0 and below 1, rounded, but at least one of
 *     two or more examples, and not all
 * @param seed of the choice
 */
public record HeldOutSplit(double share, long seed) {
  /** Checks the share. */
  public HeldOutSplit {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("held-out must be above 0 and below 1, not " + share);
    }
  }

  /** The examples of both parts, in their order. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Parts(int[] train, int[] heldOut) {}

  /**
   * Parts examples.
   *
   * @param classes of each example, from 0
   * @param what names them in the message
   * @throws IllegalArgumentException if no class has two examples
   */
  Parts of(int[] classes, String what) {
    boolean[] isHeldOut = new boolean[classes.length];
    Random random = new Random(seed);
    int numClasses = Arrays.stream(classes).max().orElse(-1) + 1;
    for (int c = 0; c < numClasses; c++) {
      int ofClass = c;
      List<Integer> members = new ArrayList<>();
      IntStream.range(0, classes.length).filter(i -> classes[i] == ofClass).forEach(members::add);
      Collections.shuffle(members, random);
      int most = Math.max(0, members.size() - 1);
      int count = Math.min(most, Math.max(1, (int) Math.round(share * members.size())));
      members.subList(0, count).forEach(i -> isHeldOut[i] = true);
    }
    int[] train = IntStream.range(0, classes.length).filter(i -> !isHeldOut[i]).toArray();
    int[] heldOut = IntStream.range(0, classes.length).filter(i -> isHeldOut[i]).toArray();
    if (heldOut.length == 0) {
      throw new IllegalArgumentException(
          what + " must have two examples of a class, one of which can be held out");
    }
    return new Parts(train, heldOut);
  }
}
