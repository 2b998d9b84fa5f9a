package org.collapse4j.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.deeplearning4j.core.storage.Persistable;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * An observation as a {@code StatsStorage} keeps it: its time in milliseconds, 8 bytes big-endian,
 * and its line of JSON in UTF-8. The storage makes an empty one and decodes into it; it is public
 * for that reason only.
 */
public final class StatsStorageRecord implements Persistable {
  private static final long serialVersionUID = 1;
  private static final int SHOWN = 100;

  private long time;
  private String session;
  private String json;

  /** An empty record, to be decoded into. */
  public StatsStorageRecord() {}

  private StatsStorageRecord(long time, String session, String json) {
    this.time = time;
    this.session = session;
    this.json = json;
  }

  static StatsStorageRecord of(Observation observation) throws IOException {
    return new StatsStorageRecord(
        0, sessionOf(observation.run()), ObservationJson.write(observation));
  }

  /**
   * To a {@code FileStatsStorage} the number sign and the at sign mean something within its names,
   * to a {@code J7FileStatsStorage} the apostrophe: it ends the text in its SQL.
   */
  private static String sessionOf(String run) {
    return SafeName.of(run, c -> "#@'".indexOf(c) < 0 && !Character.isISOControl(c));
  }

  StatsStorageRecord at(long newTime) {
    return new StatsStorageRecord(newTime, session, json);
  }

  /**
   * The observation.
   *
   * @throws IOException if the record holds none
   */
  Observation observation() throws IOException {
    try {
      return ObservationJson.read(line(), unknownMetric -> {});
    } catch (IllegalArgumentException e) {
      throw new IOException("This is no record of collapse4j: " + beginning(), e);
    }
  }

  private JsonNode line() {
    return ObservationJson.parse(json)
        .orElseThrow(() -> new IllegalArgumentException("It is no object of JSON"));
  }

  /** The first characters of the text, which may be megabytes where a file is damaged. */
  private String beginning() {
    return json.length() <= SHOWN ? json : json.substring(0, SHOWN) + "...";
  }

  /** The run; null if the record was decoded from something that is no observation. */
  @Override
  public String getSessionID() {
    return session;
  }

  @Override
  public String getTypeID() {
    return StatsStorageSink.TYPE_ID;
  }

  @Override
  public String getWorkerID() {
    return StatsStorageSink.WORKER_ID;
  }

  @Override
  public long getTimeStamp() {
    return time;
  }

  @Override
  public int encodingLengthBytes() {
    return encode().length;
  }

  @Override
  public byte[] encode() {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + text.length).putLong(time).put(text).array();
  }

  @Override
  public void encode(ByteBuffer buffer) {
    buffer.put(encode());
  }

  @Override
  public void encode(OutputStream stream) throws IOException {
    stream.write(encode());
  }

  @Override
  public void decode(byte[] encoded) {
    decode(ByteBuffer.wrap(encoded));
  }

  @Override
  public void decode(ByteBuffer buffer) {
    time = buffer.getLong();
    byte[] text = new byte[buffer.remaining()];
    buffer.get(text);
    json = new String(text, StandardCharsets.UTF_8);
    try {
      session = sessionOf(observation().run());
    } catch (IOException damaged) { // Thrown when the observation is asked for; others are whole.
      session = null;
    }
  }

  @Override
  public void decode(InputStream stream) throws IOException {
    decode(stream.readAllBytes());
  }
}
