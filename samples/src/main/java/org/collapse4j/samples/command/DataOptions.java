package org.collapse4j.samples.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.collapse4j.samples.data.HeldOutSplit;
import org.collapse4j.samples.data.IdxImages;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.data.ImageDirectory;
import org.collapse4j.samples.data.ImageFolders;
import org.collapse4j.samples.data.LabelledTable;
import picocli.CommandLine.Option;

/** The options of the data that a command trains on. */
final class DataOptions {
  private static final int IMAGE_SIZE = 32;
  private static final int LARGEST_SIZE = 1024;
  private static final double HELD_OUT = 0.2;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "directory of the files of MNIST or Fashion-MNIST (IDX, plain or .gz), "
              + "CIFAR-10 or CIFAR-100 (binary version) or SVHN (cropped, .mat); without "
              + "it the 10,000 + 2,000 images that come with the program")
  private Path data;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "images of one's own: a folder a class, in any format that Java reads")
  private Path images;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description = "pixels of each side that they are scaled to (default: " + IMAGE_SIZE + ")")
  private Integer imageSize;

  @Option(
      names = "--grey",
      description = "takes them as grey (default: in colour, unless all of them are grey)")
  private boolean grey;

  @Option(names = "--colour", description = "takes them in colour, even if all of them are grey")
  private boolean colour;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description =
          "a table of one's own with a header: numbers, which are scaled, and categories, which"
              + " get a feature each")
  private Path csv;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "the column of the table that has the class")
  private String label;

  @Option(
      names = "--ignore",
      paramLabel = "COLUMN",
      split = ",",
      description = "columns of the table that are left out")
  private List<String> ignored = List.of();

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description =
          "of each class of data of one's own, what is held out of training (default: "
              + HELD_OUT
              + ")")
  private Double heldOut;

  @Option(
      names = "--split-seed",
      paramLabel = "S",
      description = "seed of the choice of what is held out (default: 1)")
  private Long splitSeed;

  /** Whether the data are the images that come with the program. */
  boolean areBundled() {
    return data == null && images == null && !hasTable();
  }

  private boolean hasTable() {
    return csv != null && label != null;
  }

  /** The file of the table, which nothing may be written to. */
  Optional<Path> table() {
    return hasTable() ? Optional.of(csv) : Optional.empty();
  }

  /**
   * The file of {@code --csv} where no label is named: the command {@code suspects} took it for the
   * ranking before there were tables to read.
   */
  Optional<Path> takeCsvWithoutLabel() {
    Optional<Path> taken = label == null ? Optional.ofNullable(csv) : Optional.empty();
    taken.ifPresent(file -> csv = null);
    return taken;
  }

  /**
   * Reads the data.
   *
   * @throws IllegalArgumentException if options do not go together
   */
  ImageData read() throws IOException {
    requireOneSource();
    requireTogether(images != null, "images", imageSize != null, "image-size");
    requireTogether(images != null, "images", grey, "grey");
    requireTogether(images != null, "images", colour, "colour");
    requireTogether(csv != null, "csv", label != null, "label");
    requireTogether(csv != null, "csv", !ignored.isEmpty(), "ignore");
    boolean own = images != null || csv != null;
    requireTogether(own, "images or csv", heldOut != null, "held-out");
    requireTogether(own, "images or csv", splitSeed != null, "split-seed");
    if (csv != null) {
      requireTogether(label != null, "label, the column of the classes", true, "csv");
      return LabelledTable.read(csv, label, ignored, split());
    }
    if (images != null) {
      return ImageFolders.read(images, imageSize(), colours(), split());
    }
    return data == null ? IdxImages.fashionMnistMini() : ImageDirectory.read(data);
  }

  private void requireOneSource() {
    if ((data == null ? 0 : 1) + (images == null ? 0 : 1) + (csv == null ? 0 : 1) > 1) {
      throw new IllegalArgumentException("data, images and csv are different data: give one");
    }
  }

  private static void requireTogether(boolean there, String with, boolean given, String option) {
    if (given && !there) {
      throw new IllegalArgumentException(option + " needs " + with);
    }
  }

  private int imageSize() {
    int size = imageSize == null ? IMAGE_SIZE : imageSize;
    if (size < 1 || size > LARGEST_SIZE) {
      throw new IllegalArgumentException(
          "image-size must be from 1 to " + LARGEST_SIZE + ", not " + size);
    }
    return size;
  }

  private ImageFolders.Colours colours() {
    if (grey && colour) {
      throw new IllegalArgumentException("grey and colour exclude each other: give one");
    }
    return grey
        ? ImageFolders.Colours.GREY
        : colour ? ImageFolders.Colours.RGB : ImageFolders.Colours.AS_THEY_ARE;
  }

  private HeldOutSplit split() {
    return new HeldOutSplit(
        heldOut == null ? HELD_OUT : heldOut, splitSeed == null ? 1 : splitSeed);
  }
}
