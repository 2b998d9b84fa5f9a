package org.collapse4j.samples.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the examples of a data set are in the files they come from: images with a name each, or rows
 * of a table with the text of their cells. An example keeps its name when others are left out.
 * Immutable.
 *
 * @param noun what an example is called: image or row
 * @param names of the examples, all different: the path of a file, the number of a row in its
 *     table, whose header is row 1, or the position among the training images of a published data
 *     set
 * @param columns what the cells of a row are called; none where examples are pictures
 * @param cells the texts of each row, one a column; none where examples are pictures
 * @param directory where the files are; null where the examples are in none of their own
 * @param remarks lines that tell what of the files was left out
 */
public record ExampleSources(
    String noun,
    List<String> names,
    List<String> columns,
    List<List<String>> cells,
    Path directory,
    List<String> remarks) {

  /** Copies the lists. */
  public ExampleSources {
    names = List.copyOf(names);
    columns = List.copyOf(columns);
    cells = List.copyOf(cells);
    remarks = List.copyOf(remarks);
  }

  /** Images that are known by their position, from 0. */
  static ExampleSources numbered(int count) {
    List<String> names = IntStream.range(0, count).mapToObj(String::valueOf).toList();
    return new ExampleSources("image", names, List.of(), List.of(), null, List.of());
  }

  /**
   * Images in files.
   *
   * @param directory where they are
   * @param names the path of each from there
   * @param remarks lines that tell what was left out
   */
  static ExampleSources files(Path directory, List<String> names, List<String> remarks) {
    return new ExampleSources("image", names, List.of(), List.of(), directory, remarks);
  }

  /**
   * Rows of a table.
   *
   * @param names of each, different ones
   * @param columns what the cells of a row are called
   * @param cells of each row, one a column
   */
  static ExampleSources rows(List<String> names, List<String> columns, List<List<String>> cells) {
    return new ExampleSources("row", names, columns, cells, null, List.of());
  }

  /** The sources of some of the examples, in the order given. */
  ExampleSources of(int[] examples) {
    return new ExampleSources(
        noun,
        Arrays.stream(examples).mapToObj(names::get).toList(),
        columns,
        cells.isEmpty() ? cells : Arrays.stream(examples).mapToObj(cells::get).toList(),
        directory,
        remarks);
  }

  /** The same sources, with a remark added. */
  ExampleSources with(String remark) {
    List<String> all = Stream.concat(remarks.stream(), Stream.of(remark)).toList();
    return new ExampleSources(noun, names, columns, cells, directory, all);
  }

  /** Whether the examples are pictures, and no rows of a table. */
  public boolean arePictures() {
    return columns.isEmpty();
  }

  /** Whether the examples have names beyond a position. */
  public boolean areNamed() {
    return directory != null || !arePictures();
  }

  /**
   * The picture in an example's file, as it is.
   *
   * @param most pixels of its longer side, which it is scaled down to
   * @return empty if there is no such file, or none any more
   */
  public Optional<BufferedImage> picture(int example, int most) {
    if (directory == null) {
      return Optional.empty();
    }
    try {
      return PictureFile.readAtMost(directory.resolve(names.get(example)), most);
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }
}
