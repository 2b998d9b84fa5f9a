package org.collapse4j.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.collapse4j.metric.Metric;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedOutputStream;

/**
 * One event file of TensorBoard: records of a protocol buffer {@code Event} each, framed by length
 * and checksums. The messages are written field by field, since the classes generated for them are
 * in no small library, and those that ND4J carries give way to others on the class path.
 */
final class EventFile {
  private static final String NAME = "events.out.tfevents.";
  private static final String FILE_VERSION = "brain.Event:2";
  private static final Clock CLOCK = Clock.systemUTC();

  private final Path path;
  private final Set<String> described = new HashSet<>();
  private long length;

  private EventFile(Path path) {
    this.path = path;
  }

  /** Starts a file that TensorBoard reads after those already in the folder. */
  static EventFile create(Path folder) throws IOException {
    Files.createDirectories(folder);
    long second = Math.max(CLOCK.millis() / 1000, lastSecond(folder) + 1);
    while (true) {
      EventFile file = new EventFile(folder.resolve(name(second)));
      try {
        ByteBuffer version = event(CLOCK.instant(), e -> e.writeString(3, FILE_VERSION));
        file.write(version, StandardOpenOption.CREATE_NEW);
        return file;
      } catch (FileAlreadyExistsException e) {
        second++;
      } catch (IOException e) {
        Files.deleteIfExists(file.path);
        throw e;
      }
    }
  }

  private static String name(long second) {
    return String.format(Locale.ROOT, "%s%010d.collapse4j", NAME, second);
  }

  private static long lastSecond(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.matches("\\Q" + NAME + "\\E\\d{10}\\..*"))
          .mapToLong(f -> Long.parseLong(f.substring(NAME.length(), NAME.length() + 10)))
          .max()
          .orElse(0);
    }
  }

  /**
   * Whether the file still ends with the last record written; if not, a new one has to be begun.
   */
  boolean isAsItWasLeft() throws IOException {
    return Files.exists(path) && Files.size(path) == length;
  }

  /** Appends a record of the defined values of each observation; none where there is no value. */
  void append(List<Observation> observations) throws IOException {
    ByteString records = ByteString.EMPTY;
    for (Observation observation : observations) {
      ByteString summary = message(s -> writeValues(observation, s));
      if (!summary.isEmpty()) {
        Instant time = observation.time().orElseGet(CLOCK::instant);
        ByteBuffer event = event(time, e -> writeStep(observation, summary, e));
        records = records.concat(ByteString.copyFrom(event));
      }
    }
    if (!records.isEmpty()) {
      write(records.asReadOnlyByteBuffer(), StandardOpenOption.APPEND);
    }
  }

  private static void writeStep(
      Observation observation, ByteString summary, CodedOutputStream event) throws IOException {
    event.writeInt64(2, observation.iteration());
    event.writeBytes(5, summary);
  }

  /** The repeated field {@code value} of a {@code Summary}. */
  private void writeValues(Observation observation, CodedOutputStream summary) throws IOException {
    for (Metric metric : observation.measurements().metrics()) {
      double value = observation.measurements().value(metric);
      if (Double.isFinite(value)) {
        summary.writeBytes(1, value(tag(observation, metric), value, metric));
      }
    }
  }

  private ByteString value(String tag, double value, Metric metric) throws IOException {
    return message(
        v -> {
          v.writeString(1, tag);
          v.writeFloat(2, (float) value);
          if (described.add(tag)) {
            v.writeBytes(9, message(metadata -> metadata.writeString(3, description(metric))));
          }
        });
  }

  private static String tag(Observation observation, Metric metric) {
    return part(observation.split()) + "/" + part(observation.layer()) + "/" + metric.key();
  }

  private static String part(String name) {
    return SafeName.of(name, c -> c != '/' && !Character.isISOControl(c));
  }

  private static String description(Metric metric) {
    String ideal = Double.isNaN(metric.ideal()) ? "" : " Ideally " + metric.ideal() + ".";
    return metric.meaning() + "." + ideal + " Source: " + metric.source() + ".";
  }

  private static ByteBuffer event(Instant time, Fields fields) throws IOException {
    return framed(
        message(
            e -> {
              e.writeDouble(1, time.toEpochMilli() / 1000.0);
              fields.writeTo(e);
            }));
  }

  private static ByteString message(Fields fields) throws IOException {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream message = CodedOutputStream.newInstance(bytes);
    fields.writeTo(message);
    message.flush();
    return bytes.toByteString();
  }

  /** Length, its checksum, the message, its checksum: little-endian. */
  static ByteBuffer framed(ByteString message) {
    ByteBuffer record = ByteBuffer.allocate(message.size() + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(message.size());
    record.putInt(maskedChecksum(record.array(), 0, 8));
    message.copyTo(record);
    record.putInt(maskedChecksum(record.array(), 12, message.size()));
    return record.flip();
  }

  /** A CRC-32C, rotated and shifted, so that a checksum of checksums stays a good one. */
  private static int maskedChecksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  private void write(ByteBuffer record, StandardOpenOption how) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE, how)) {
      FileTurn.uninterrupted(file, channel -> writeOrUndo(record, channel));
    }
  }

  private void writeOrUndo(ByteBuffer record, FileChannel file) throws IOException {
    try {
      while (record.hasRemaining()) {
        file.write(record);
      }
      length += record.limit();
    } catch (IOException e) {
      file.truncate(length);
      throw e;
    }
  }

  /** Writes the fields of a message. */
  private interface Fields {
    void writeTo(CodedOutputStream message) throws IOException;
  }
}
