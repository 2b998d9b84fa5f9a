package org.collapse4j.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Writes event files that TensorBoard shows: a scalar series {@code split/layer/key} for every
 * metric, such as {@code heldout/output/dilation.relative}, over the iteration as its step, with
 * the metric's meaning, ideal and source as its description. Undefined values are left out; of the
 * others TensorBoard keeps single precision. Values by class are not written.
 *
 * <p>Each run has a folder of its own, named as the run: a slash in the name makes folders within
 * folders, as TensorBoard expects; characters that a file system might refuse, and a slash in a
 * split or a layer, are percent-encoded. Every sink starts event files of its own, later in order
 * than those already there, so that a run that is taken up again goes on in the same curves.
 */
public final class TensorBoardSink extends SerialSink {
  /** Below what file systems allow a name, and a path on the narrowest of them. */
  private static final int LONGEST_FOLDER = 120;

  private final Path folder;
  private final Map<String, EventFile> files = new HashMap<>();

  /**
   * A sink to a folder, the one to start TensorBoard with: {@code tensorboard --logdir folder}.
   *
   * @param folder created at the first observation if it does not exist
   */
  public TensorBoardSink(Path folder) {
    this.folder = folder;
  }

  @Override
  protected void put(Observation observation) throws IOException {
    putAll(List.of(observation));
  }

  @Override
  protected void putAll(List<Observation> moment) throws IOException {
    Map<String, List<Observation>> byRun =
        moment.stream()
            .collect(
                Collectors.groupingBy(Observation::run, LinkedHashMap::new, Collectors.toList()));
    for (Map.Entry<String, List<Observation>> run : byRun.entrySet()) {
      fileOf(run.getKey()).append(run.getValue());
    }
  }

  private EventFile fileOf(String run) throws IOException {
    EventFile file = files.get(run);
    if (file == null || !file.isAsItWasLeft()) {
      file = EventFile.create(folder.resolve(folderOf(run)));
      files.put(run, file);
    }
    return file;
  }

  @Override
  protected void release() {
    files.clear();
  }

  /** The folder of a run; runs with different names have different ones. */
  static String folderOf(String run) {
    String[] segments = run.split("/", -1);
    boolean nests = Arrays.stream(segments).noneMatch(String::isEmpty);
    String name =
        nests
            ? Arrays.stream(segments).map(TensorBoardSink::segment).collect(Collectors.joining("/"))
            : segment(run);
    if (name.length() > LONGEST_FOLDER) {
      UUID tellsApart = UUID.nameUUIDFromBytes(run.getBytes(StandardCharsets.UTF_16BE));
      name = segment(run).substring(0, LONGEST_FOLDER) + "~" + tellsApart;
    }
    return name.isEmpty() ? "%" : name;
  }

  /** A name without the dot or space at its end that some file systems drop. */
  private static String segment(String name) {
    String safe = SafeName.of(name, TensorBoardSink::isPlain);
    return safe.endsWith(".") ? safe.substring(0, safe.length() - 1) + "%2E" : safe;
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "._-+=,@".indexOf(c) >= 0;
  }
}
