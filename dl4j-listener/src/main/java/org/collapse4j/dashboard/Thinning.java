package org.collapse4j.dashboard;

import java.util.List;
import java.util.stream.IntStream;

/** Fewer of a long list, evenly apart, with the first and the last. */
final class Thinning {
  private Thinning() {}

  /** The n of "every n-th" that leaves at most about {@code most} of {@code size}. */
  static int stride(int size, int most) {
    return Math.max(1, (size + most - 1) / most);
  }

  static <T> List<T> every(int stride, List<T> all) {
    return IntStream.range(0, all.size())
        .filter(i -> i % stride == 0 || i == all.size() - 1)
        .mapToObj(all::get)
        .toList();
  }

  /** Some of the elements, evenly apart, about as many as asked for; the last if that is one. */
  static <T> List<T> atMost(int most, List<T> all) {
    if (most == 1 && !all.isEmpty()) {
      return List.of(all.get(all.size() - 1));
    }
    return every(stride(all.size(), most), all);
  }
}
