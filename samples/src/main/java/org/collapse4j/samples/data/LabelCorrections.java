package org.collapse4j.samples.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.noise.SuspectLabel;
import org.nd4j.linalg.dataset.DataSet;

/**
 * What has been decided of single labels: to keep or to change them, or to drop their example; a
 * CSV file, as the page of suspect labels exports it. Immutable.
 *
 * <p>Of its columns {@code name} is that of an example in {@link ImageData#sources} (or {@code
 * index} is its position among the training examples), {@code given} the name of the class it has
 * and {@code label} that of the class it should have, empty if it is dropped. {@code decision},
 * which may be missing, is keep, change or drop.
 */
public final class LabelCorrections {
  private static final int MOST_NAMED = 10;

  private final CsvTable table;
  private final boolean isNamed;
  private final int example;
  private final int given;
  private final int label;
  private final int decision;

  private final String checksum;

  private LabelCorrections(CsvTable table) {
    this.table = table;
    checksum = checksum(table);
    isNamed = table.header().contains("name");
    example = table.column(isNamed ? "name" : "index");
    given = table.column("given");
    label = table.column("label");
    decision = table.header().indexOf("decision");
  }

  /**
   * Reads a file.
   *
   * @throws java.io.FileNotFoundException if there is no such file
   * @throws IllegalArgumentException if it is no such table, or two rows are of one example
   */
  public static LabelCorrections read(Path file) throws IOException {
    LabelCorrections corrections = new LabelCorrections(CsvTable.read(file));
    corrections.requireDifferentExamples();
    return corrections;
  }

  private static String checksum(CsvTable table) {
    CRC32 sum = new CRC32();
    for (CsvTable.Row row : table.rows()) {
      sum.update((row.cells() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return String.format("%08x", sum.getValue());
  }

  private void requireDifferentExamples() {
    Map<String, Long> rows = new HashMap<>();
    for (CsvTable.Row row : table.rows()) {
      Long before = rows.putIfAbsent(row.cells().get(example), row.number());
      if (before != null) {
        throw table.wrong(
            row, example, "must be another example than that of row " + before + ": " + of(row));
      }
    }
  }

  private String of(CsvTable.Row row) {
    return "\"" + Texts.shown(row.cells().get(example)) + "\"";
  }

  /** The name of the file, with a checksum that tells it from others of that name. */
  public String name() {
    return table.file().getFileName() + "-" + checksum;
  }

  /**
   * Changes labels and drops examples.
   *
   * @param images that are trained on
   * @param labelled their training examples with the labels that were decided on; not modified
   * @param all what these images were selected from: decisions on others of them are passed over
   * @return the images with the training examples that are left, and a remark that counts decisions
   * @throws IllegalArgumentException if an example is none of the data, or its label another than
   *     the given one; the message has file, row and column
   */
  public ImageData apply(ImageData images, DataSet labelled, ImageData all) {
    int[] labels = labelled.getLabels().argMax(1).toIntVector();
    Map<String, Integer> examples = positions(images);
    Set<String> others = new HashSet<>(isNamed ? all.sources().names() : List.of());
    List<SuspectLabel> changed = new ArrayList<>();
    List<SuspectLabel> dropped = new ArrayList<>();
    int kept = 0;
    int passedOver = 0;
    for (CsvTable.Row row : table.rows()) {
      Integer at = examples.get(row.cells().get(example));
      if (at != null) {
        requireGiven(row, images.classNames().get(labels[at]));
        int to = decided(row, images.classNames());
        SuspectLabel decisionMade = new SuspectLabel(at, labels[at], to, Double.NaN, Double.NaN, 1);
        kept += to == labels[at] ? 1 : 0;
        if (to < 0) {
          dropped.add(decisionMade);
        } else if (to != labels[at]) {
          changed.add(decisionMade);
        }
      } else if (others.contains(row.cells().get(example))) {
        passedOver++;
      } else {
        throw table.wrong(
            row,
            example,
            String.format(
                "must be a training example of %s, not %s: the options of the data must be those"
                    + " that it was decided with",
                images.name(), of(row)));
      }
    }
    if (dropped.size() == labels.length) {
      throw new IllegalArgumentException(
          table.file() + " must leave some examples, but drops all " + labels.length);
    }
    return images.withTraining(
        LabelledExamples.drop(LabelledExamples.replace(labelled, changed), dropped),
        left(labels.length, dropped),
        counts(changed.size(), dropped.size(), kept, passedOver));
  }

  private Map<String, Integer> positions(ImageData images) {
    List<String> names = images.sources().names();
    Map<String, Integer> positions = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      positions.put(isNamed ? names.get(i) : String.valueOf(i), i);
    }
    return positions;
  }

  private void requireGiven(CsvTable.Row row, String inData) {
    String said = row.cells().get(given);
    if (!said.equals(inData)) {
      throw table.wrong(
          row,
          given,
          "must be the label of %s in the data, \"%s\", not \"%s\""
              .formatted(of(row), Texts.shown(inData), Texts.shown(said)));
    }
  }

  /** The class that an example should have, -1 if it is dropped. */
  private int decided(CsvTable.Row row, List<String> classNames) {
    String name = row.cells().get(label);
    String kind =
        decision >= 0 ? row.cells().get(decision).toLowerCase(Locale.ROOT) : kind(row, name);
    if (!List.of("keep", "change", "drop").contains(kind)) {
      throw table.wrong(
          row, decision, "must be keep, change or drop, not \"" + Texts.shown(kind) + "\"");
    }
    if (kind.equals("drop")) {
      return -1;
    }
    int to = classNames.indexOf(name);
    if (to < 0) {
      throw table.wrong(
          row,
          label,
          "must be one of the classes %s, not \"%s\""
              .formatted(Texts.listed(classNames, MOST_NAMED), Texts.shown(name)));
    }
    if (kind.equals("keep") && !name.equals(row.cells().get(given))) {
      throw table.wrong(row, label, "must be the given one where the decision is to keep it");
    }
    return to;
  }

  private String kind(CsvTable.Row row, String name) {
    return name.isEmpty() ? "drop" : name.equals(row.cells().get(given)) ? "keep" : "change";
  }

  private static int[] left(int examples, List<SuspectLabel> dropped) {
    Set<Long> out = new HashSet<>();
    dropped.forEach(suspect -> out.add(suspect.index()));
    return IntStream.range(0, examples).filter(i -> !out.contains((long) i)).toArray();
  }

  private String counts(int changed, int dropped, int kept, int passedOver) {
    return String.format(
        Locale.ROOT,
        "Labels of %s: %,d changed, %,d dropped, %,d kept%s",
        table.file(),
        changed,
        dropped,
        kept,
        passedOver == 0
            ? ""
            : String.format(Locale.ROOT, "; %,d are of examples that take no part", passedOver));
  }
}
