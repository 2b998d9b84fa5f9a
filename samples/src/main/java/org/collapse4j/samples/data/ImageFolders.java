package org.collapse4j.samples.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Images in a folder for each class, in whatever formats the JDK reads. Folders within those of the
 * classes are not looked into. Symbolic links are followed; nothing is written.
 */
public final class ImageFolders {
  /** What is named of files that cannot be decoded; a line is to be read. */
  private static final int MOST_NAMED = 10;

  private final Path directory;
  private final int size;
  private final List<String> classNames = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<Integer> classes = new ArrayList<>();
  private final List<byte[]> pictures = new ArrayList<>();
  private final List<String> undecodable = new ArrayList<>();
  private final List<String> emptyClasses = new ArrayList<>();
  private int others;
  private int hidden;
  private int folders;
  private int loose;

  private ImageFolders(Path directory, int size) {
    this.directory = directory;
    this.size = size;
  }

  /** How many channels images get. */
  public enum Colours {
    /** One. */
    GREY,
    /** Three channels for each image. */
    RGB,
    /** One channel if all images are grey, else three. */
    AS_THEY_ARE
  }

  /**
   * Reads the images. Classes have the names of their folders and the order of these, and what is
   * left out is in the remarks of {@link ImageData#sources}.
   *
   * @param directory with the folders
   * @param size of each side in pixels, at least 1, that images are scaled to
   * @param split which images are held out
   * @throws NotDirectoryException if there is no such directory
   * @throws IllegalArgumentException if there are not two classes with images
   */
  public static ImageData read(Path directory, int size, Colours colours, HeldOutSplit split)
      throws IOException {
    if (size < 1) {
      throw new IllegalArgumentException("image-size must be at least 1, not " + size);
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory + " is no directory");
    }
    ImageFolders reader = new ImageFolders(directory, size);
    reader.readClasses();
    return reader.images(colours, split);
  }

  private void readClasses() throws IOException {
    for (Path entry : entries(directory)) {
      if (isHidden(entry)) {
        hidden++;
      } else if (!Files.isDirectory(entry)) {
        loose++;
      } else {
        readClass(entry);
      }
    }
    if (classNames.size() < 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must have a folder with images for each of at least two classes, but has %s%s",
              directory,
              classNames.isEmpty() ? "none" : "only " + Texts.shown(classNames.get(0)),
              remarks().stream().map(remark -> ". " + remark).collect(Collectors.joining())));
    }
  }

  private void readClass(Path folder) throws IOException {
    String name = folder.getFileName().toString();
    int before = pictures.size();
    for (Path file : entries(folder)) {
      if (isHidden(file)) {
        hidden++;
      } else if (Files.isDirectory(file)) {
        folders++;
      } else {
        readFile(file, name + "/" + file.getFileName());
      }
    }
    if (pictures.size() == before) {
      emptyClasses.add(name);
    } else {
      classNames.add(name);
    }
  }

  private void readFile(Path file, String name) {
    try {
      Optional<byte[]> picture =
          Files.isRegularFile(file) ? PictureFile.read(file, size) : Optional.empty();
      if (picture.isPresent()) {
        requireMemory();
        names.add(name);
        classes.add(classNames.size());
        pictures.add(picture.get());
      } else {
        others++;
      }
    } catch (IOException e) {
      undecodable.add(name);
    }
  }

  /** Images are decoded to bytes in the heap, then copied to float32 outside of it. */
  private void requireMemory() {
    long bytes = 3L * size * size * pictures.size();
    long most = Runtime.getRuntime().maxMemory();
    if (bytes > most / 4) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has more images than %,d MB of memory hold at %d x %d pixels: take a smaller"
                  + " --image-size, or give Java more by -Xmx",
              directory,
              most >> 20,
              size,
              size));
    }
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted(Comparator.comparing(path -> path.getFileName().toString())).toList();
    } catch (IOException | UncheckedIOException e) {
      throw new IOException(folder + " cannot be read: " + e, e);
    }
  }

  private static boolean isHidden(Path path) throws IOException {
    return path.getFileName().toString().startsWith(".") || Files.isHidden(path);
  }

  private List<String> remarks() {
    List<String> parts = new ArrayList<>();
    add(parts, undecodable.size(), "file that cannot be decoded", "files that cannot be decoded");
    if (!undecodable.isEmpty()) {
      parts.set(0, parts.get(0) + " (" + Texts.listed(undecodable, MOST_NAMED) + ")");
    }
    add(parts, others, "file that is no image", "files that are no images");
    add(parts, hidden, "hidden file", "hidden files");
    add(parts, loose, "file in no folder of a class", "files in no folder of a class");
    add(parts, folders, "folder within those of classes", "folders within those of classes");
    add(parts, emptyClasses.size(), "folder without images", "folders without images");
    if (!emptyClasses.isEmpty()) {
      int last = parts.size() - 1;
      parts.set(last, parts.get(last) + " (" + Texts.listed(emptyClasses, MOST_NAMED) + ")");
    }
    return parts.isEmpty() ? List.of() : List.of("Left out: " + String.join(", ", parts));
  }

  private static void add(List<String> parts, int count, String one, String many) {
    if (count > 0) {
      parts.add(String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many));
    }
  }

  private ImageData images(Colours colours, HeldOutSplit split) {
    boolean isGrey =
        colours == Colours.GREY
            || (colours == Colours.AS_THEY_ARE && pictures.stream().allMatch(ImageFolders::isGrey));
    if (isGrey) {
      pictures.replaceAll(ImageFolders::grey);
    }
    int[] all = classes.stream().mapToInt(Integer::intValue).toArray();
    HeldOutSplit.Parts parts = split.of(all, directory.toString());
    ImageData images =
        new ImageData(
            ImageDirectory.name(directory),
            dataSet(parts.train(), all),
            dataSet(parts.heldOut(), all),
            isGrey ? 1 : 3,
            size,
            size,
            classNames,
            ExampleSources.files(directory, names, remarks()).of(parts.train()));
    return images.named(images.name() + "-" + images.checksum());
  }

  private DataSet dataSet(int[] examples, int[] all) {
    return Pixels.dataSet(
        Arrays.stream(examples).mapToObj(pictures::get).toList(),
        Arrays.stream(examples).map(i -> all[i]).toArray(),
        classNames.size());
  }

  private static boolean isGrey(byte[] planes) {
    int plane = planes.length / 3;
    return Arrays.equals(planes, 0, plane, planes, plane, 2 * plane)
        && Arrays.equals(planes, 0, plane, planes, 2 * plane, 3 * plane);
  }

  /** As bright as the colours look (ITU-R BT.601), which leaves grey as it is. */
  private static byte[] grey(byte[] planes) {
    byte[] grey = new byte[planes.length / 3];
    for (int i = 0; i < grey.length; i++) {
      int red = planes[i] & 0xff;
      int green = planes[grey.length + i] & 0xff;
      int blue = planes[2 * grey.length + i] & 0xff;
      grey[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
    }
    return grey;
  }
}
