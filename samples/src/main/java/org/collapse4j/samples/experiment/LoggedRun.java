package org.collapse4j.samples.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** One run in a log of JSON lines, which may have others. */
record LoggedRun(Path log, String run) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Takes what was observed of the run after an epoch out of the log, so that a run which goes on
   * from there has no epoch twice. All other lines stay as they are, but for one at the end that
   * was cut off in writing. The log is replaced at once; where there is nothing to take out it is
   * not touched.
   *
   * @param needed an epoch whose observations the log must have, 0 for none
   * @throws IllegalArgumentException if it has not; the log is as it was
   */
  void keepUntil(int epoch, int needed) throws IOException {
    if (!Files.exists(log) || Files.size(log) == 0) {
      requireLogged(needed, 0);
      return;
    }
    Path file = log.toRealPath();
    try (WholeFile content = WholeFile.of(file)) {
      Copied copied = copyUntil(epoch, file, content.part());
      requireLogged(needed, copied.lastEpoch());
      if (copied.leftOut()) {
        content.replace();
      }
    }
  }

  private void requireLogged(int needed, int lastEpoch) {
    if (lastEpoch < needed) {
      throw new IllegalArgumentException(
          "%s must have the run \"%s\" up to epoch %s, from where it goes on, not up to %s"
              .formatted(log, run, needed, lastEpoch));
    }
  }

  /**
   * What of a log was copied.
   *
   * @param leftOut whether a line was not
   * @param lastEpoch of the run in what was, 0 if it has none
   */
  private record Copied(boolean leftOut, int lastEpoch) {}

  /** Bytes are taken as letters, since lines of others may have any. */
  private Copied copyUntil(int epoch, Path from, Path to) throws IOException {
    boolean isEnded = endsLine(from);
    boolean leftOut = false;
    int lastEpoch = 0;
    try (BufferedReader lines = Files.newBufferedReader(from, StandardCharsets.ISO_8859_1);
        BufferedWriter kept = Files.newBufferedWriter(to, StandardCharsets.ISO_8859_1)) {
      String next;
      for (String line = lines.readLine(); line != null; line = next) {
        next = lines.readLine();
        Optional<JsonNode> json = json(line);
        boolean isTorn = next == null && !isEnded && json.isEmpty();
        int epochOfRun = json.filter(this::isOfRun).map(o -> o.path("epoch").asInt()).orElse(0);
        if (isTorn || epochOfRun > epoch) {
          leftOut = true;
        } else {
          kept.write(line + "\n");
          lastEpoch = Math.max(lastEpoch, epochOfRun);
        }
      }
    }
    return new Copied(leftOut, lastEpoch);
  }

  private static boolean endsLine(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      bytes.seek(bytes.length() - 1);
      return bytes.read() == '\n';
    }
  }

  private static Optional<JsonNode> json(String line) throws IOException {
    try {
      return Optional.ofNullable(JSON.readTree(line.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (JsonProcessingException none) {
      return Optional.empty();
    }
  }

  private boolean isOfRun(JsonNode observation) {
    return observation.path("run").asText().equals(run);
  }
}
