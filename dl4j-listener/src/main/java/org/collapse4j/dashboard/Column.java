package org.collapse4j.dashboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Lists of numbers as JSON that takes little room, all little-endian in base64: a number takes 5.3
 * bytes as float32 and keeps seven digits.
 */
final class Column {
  private Column() {}

  /** Some of many values: where they are, as int32, and float32 values. */
  record Thinned(String at, String values) {}

  /** Numbers that rise by the same step throughout. */
  record Steps(double from, double step, int count) {}

  /** Moments: {@link Steps} where they are, else float64. */
  static Object moments(double[] moments) {
    double step = moments.length > 1 ? moments[1] - moments[0] : 1;
    for (int i = 1; i < moments.length; i++) {
      if (moments[i] - moments[i - 1] != step) {
        return float64(moments);
      }
    }
    return new Steps(moments.length == 0 ? 0 : moments[0], step, moments.length);
  }

  /**
   * The values of a metric, NaN where undefined.
   *
   * @param most how many are kept about; of more the highest and the lowest of each stretch, the
   *     first and the last
   * @return a number if all are the same, float32 of all, or {@link Thinned}
   */
  static Object values(double[] values, int most) {
    if (Arrays.stream(values).allMatch(v -> v == values[0])) {
      return (float) values[0];
    }
    if (values.length <= most) {
      return float32(values);
    }
    int[] defined =
        IntStream.range(0, values.length).filter(i -> !Double.isNaN(values[i])).toArray();
    int[] kept = defined.length <= most ? defined : extremes(values, defined, most);
    double[] keptValues = Arrays.stream(kept).mapToDouble(i -> values[i]).toArray();
    return new Thinned(int32(kept), float32(keptValues));
  }

  private static int[] extremes(double[] values, int[] defined, int most) {
    int stretches = Math.max(1, most / 2 - 1);
    TreeSet<Integer> kept = new TreeSet<>(List.of(defined[0], defined[defined.length - 1]));
    for (int s = 0; s < stretches; s++) {
      int from = (int) ((long) s * defined.length / stretches);
      int to = (int) ((long) (s + 1) * defined.length / stretches);
      int low = defined[from];
      int high = defined[from];
      for (int i = from; i < to; i++) {
        low = values[defined[i]] < values[low] ? defined[i] : low;
        high = values[defined[i]] > values[high] ? defined[i] : high;
      }
      kept.add(low);
      kept.add(high);
    }
    return kept.stream().mapToInt(Integer::intValue).toArray();
  }

  static String float32(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static String float64(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(values).forEach(bytes::putDouble);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static String int32(int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(values).forEach(bytes::putInt);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
