package org.collapse4j.samples.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Files that are nearly as they should be: a few changes to a real one, the same for one seed. */
final class Mutations {
  private static final int[] NUMBERS = {
    -1,
    0,
    1,
    16,
    127,
    255,
    256,
    32767,
    65535,
    65536,
    1 << 20,
    1 << 28,
    1 << 30,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Integer.MAX_VALUE - 15
  };
  private static final List<String> TEXTS =
      List.of(
          "99999999999",
          "-1",
          "1e999",
          "NaN",
          "null",
          "\"",
          "\n",
          ",",
          "[[[[[[[[",
          "{\"a\":",
          "../../../../tmp/x",
          "\u0000",
          "\u00e9\ud83d\ude00",
          "true",
          "(2147483647, 2147483647)");

  private final Random random;

  Mutations(long seed) {
    random = new Random(seed);
  }

  /** One of several. */
  <T> T choose(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  /** A copy with up to four changes; the other lends pieces of itself. */
  byte[] of(byte[] file, byte[] other) {
    byte[] changed = file;
    for (int i = 0, changes = 1 + random.nextInt(4); i < changes; i++) {
      changed = change(changed, other);
    }
    return changed;
  }

  private byte[] change(byte[] file, byte[] other) {
    if (file.length == 0) {
      return other.clone();
    }
    int at = position(file.length);
    int length = 1 + random.nextInt(Math.min(64, file.length - at));
    return switch (random.nextInt(9)) {
      case 0 -> with(file, at, new byte[] {(byte) (file[at] ^ (1 << random.nextInt(8)))});
      case 1 -> with(file, at, new byte[] {(byte) random.nextInt(256)});
      case 2, 3 -> with(file, at, number());
      case 4 -> Arrays.copyOf(file, at);
      case 5 -> spliced(file, at, at + length, new byte[0]);
      case 6 -> spliced(file, at, at, Arrays.copyOfRange(file, at, at + length));
      case 7 -> spliced(file, at, at, text());
      default -> {
        int from = random.nextInt(Math.max(1, other.length));
        int to = Math.min(other.length, from + length);
        yield spliced(
            file, at, Math.min(file.length, at + to - from), Arrays.copyOfRange(other, from, to));
      }
    };
  }

  /** Half of the time near the beginning, where headers are. */
  private int position(int length) {
    return random.nextInt(random.nextBoolean() ? length : Math.min(length, 128));
  }

  private byte[] number() {
    int number = NUMBERS[random.nextInt(NUMBERS.length)];
    ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return ByteBuffer.allocate(4).order(order).putInt(number).array();
  }

  private byte[] text() {
    String text = choose(TEXTS);
    return text.repeat(oneIn(50) ? 20_000 : 1).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] with(byte[] file, int at, byte[] bytes) {
    byte[] changed = file.clone();
    System.arraycopy(bytes, 0, changed, at, Math.min(bytes.length, file.length - at));
    return changed;
  }

  private static byte[] spliced(byte[] file, int from, int to, byte[] between) {
    byte[] changed = new byte[from + between.length + file.length - to];
    System.arraycopy(file, 0, changed, 0, from);
    System.arraycopy(between, 0, changed, from, between.length);
    System.arraycopy(file, to, changed, from + between.length, file.length - to);
    return changed;
  }
}
