package org.collapse4j.samples.command;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/** Images of 3 x 3 and three classes, whose class is the row that is bright, as IDX files. */
final class TinyImages {
  static final int TRAIN = 120;
  static final int HELD_OUT = 30;

  private TinyImages() {}

  static void write(Path folder) throws IOException {
    write(folder, "train", TRAIN, 1);
    write(folder, "t10k", HELD_OUT, 2);
  }

  /** Runs a command that trains, on the images of a folder and with what makes it quick. */
  static Shell train(String command, Path folder, String... more) {
    Stream<String> quick =
        Stream.of(
            command,
            "--data",
            folder.toString(),
            "--runs",
            folder.resolve("runs").toString(),
            "--epochs",
            "4",
            "--batch",
            "16",
            "--widths",
            "12,8");
    return Shell.run(Stream.concat(quick, Stream.of(more)).toArray(String[]::new));
  }

  private static void write(Path folder, String part, int count, long seed) throws IOException {
    Random random = new Random(seed);
    try (DataOutputStream images = file(folder.resolve(part + "-images-idx3-ubyte"));
        DataOutputStream labels = file(folder.resolve(part + "-labels-idx1-ubyte"))) {
      for (int size : new int[] {0x0803, count, 3, 3}) {
        images.writeInt(size);
      }
      for (int size : new int[] {0x0801, count}) {
        labels.writeInt(size);
      }
      for (int i = 0; i < count; i++) {
        labels.writeByte(i % 3);
        for (int pixel = 0; pixel < 9; pixel++) {
          images.writeByte(random.nextInt(120) + (pixel / 3 == i % 3 ? 120 : 0));
        }
      }
    }
  }

  private static DataOutputStream file(Path path) throws IOException {
    return new DataOutputStream(Files.newOutputStream(path));
  }
}
