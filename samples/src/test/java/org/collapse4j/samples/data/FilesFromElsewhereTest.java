package org.collapse4j.samples.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.collapse4j.dashboard.TheoryCurve;
import org.collapse4j.log.CsvSink;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.command.Shell;
import org.collapse4j.samples.experiment.SavedNetwork;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openlca.npy.Npy;
import org.openlca.npy.NpyDoubleArray;
import org.openlca.npy.NpyFloatArray;
import org.openlca.npy.NpyIntArray;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;

/**
 * Real files with changes at random: each is read, or refused by a clear message. {@code
 * -Dcollapse4j.inputs=N} draws N in all instead of 30,000; a failure says the reader and the seed
 * of the input, and {@code -Dcollapse4j.firstInput=SEED} begins there.
 */
class FilesFromElsewhereTest {
  private static final int INPUTS = Integer.getInteger("collapse4j.inputs", 30_000);
  private static final long FIRST = Long.getLong("collapse4j.firstInput", 0);

  /** What reading a small file may allocate, whatever its header says. */
  private static final long MOST_ALLOCATED = 64L << 20;

  private final Map<Path, byte[]> written = new HashMap<>();

  @TempDir private Path folder;

  /** Reads what is at a path. */
  @FunctionalInterface
  interface Reading {
    Object read(Path path) throws Exception;
  }

  /** Every reader, with its share of the inputs in percent. */
  @SuppressWarnings("ImmutableEnumChecker") // What it refers to has no state.
  enum Reader {
    NPY(15, "a.npy", NpyFile::floats),
    NPY_LABELS(8, "y.npy", NpyFile::classIndices),
    NPZ(8, "a.npz", file -> NpyFile.floats(Path.of(file + ":x"))),
    IDX(9, "images", IdxFile::read),
    IDX_COMPRESSED(5, "images.gz", IdxFile::read),
    CIFAR(2, "cifar", ImageDirectory::read),
    SVHN(3, "svhn", ImageDirectory::read),
    CSV(7, "log.csv", MetricLog::read),
    JSON_LINES(10, "log.jsonl", MetricLog::read),
    IMAGES(
        12,
        "photos",
        f -> ImageFolders.read(f, 4, ImageFolders.Colours.AS_THEY_ARE, new HeldOutSplit(0.5, 1))),
    TABLE(8, "table.csv", f -> LabelledTable.read(f, "kind", List.of(), new HeldOutSplit(0.5, 1))),
    CORRECTIONS(3, "corrected.csv", LabelCorrections::read),
    THEORY(8, "theory.csv", TheoryCurve::read),
    NETWORK(2, "network.zip", SavedNetwork::read);

    private final int percent;
    private final String name;
    private final Reading reading;

    Reader(int percent, String name, Reading reading) {
      this.percent = percent;
      this.name = name;
      this.reading = reading;
    }
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void isReadOrRefusedByAClearMessage(Reader reader) throws Exception {
    Path place = folder.resolve(reader.name);
    List<Map<String, byte[]>> originals = originals(reader);
    for (Map<String, byte[]> original : originals) {
      write(place, original);
      reader.reading.read(place); // Allocates, the first time, what all readings share.
    }
    Set<String> there = files();
    int inputs = Math.max(1, (int) (INPUTS * (long) reader.percent / 100));
    int refused = 0;
    for (long seed = FIRST; seed < FIRST + inputs; seed++) {
      write(place, changed(originals, new Mutations(seed)));
      refused += isRefused(reader, place, seed) ? 1 : 0;
    }
    assertTrue(refused > 0, "nothing was refused");
    assertEquals(there, files(), "files that reading left behind");
  }

  private static boolean isRefused(Reader reader, Path place, long seed) {
    String what = reader + ", input " + seed;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      reader.reading.read(place);
      return false;
    } catch (IllegalArgumentException | IOException e) {
      assertIsClear(e.getMessage(), what);
      return true;
    } catch (Throwable e) {
      throw new AssertionError(what + " was met by " + e, e);
    } finally {
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      boolean isBounded = reader != Reader.SVHN; // Its library believes what a header says.
      assertTrue(
          !isBounded || allocated < MOST_ALLOCATED, what + " took " + (allocated >> 20) + " MB");
    }
  }

  private static void assertIsClear(String message, String what) {
    assertTrue(message != null && !message.isBlank(), what + " was refused without a word");
    assertFalse(message.contains("\tat "), what + ": " + message);
  }

  /** The paths of all files below the folder and beside it. */
  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** A file, or the files of a folder; those that are there already are left as they are. */
  private void write(Path place, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = place.resolve(file.getKey());
      byte[] before = written.put(path, file.getValue());
      if (!Arrays.equals(before, file.getValue())) {
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
    }
  }

  private static Map<String, byte[]> changed(
      List<Map<String, byte[]>> originals, Mutations mutations) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>(mutations.choose(originals));
    String name = mutations.choose(List.copyOf(files.keySet()));
    byte[] file = files.get(name);
    byte[] other = mutations.choose(originals).getOrDefault(name, file);
    files.put(name, changed(file, other, mutations));
    return files;
  }

  /** Half of the time what is compressed is changed before it is compressed. */
  private static byte[] changed(byte[] file, byte[] other, Mutations mutations) throws IOException {
    boolean isGzip = file.length > 1 && file[0] == 0x1f && file[1] == (byte) 0x8b;
    boolean isZip = file.length > 1 && file[0] == 'P' && file[1] == 'K';
    if (isGzip && !mutations.oneIn(2)) {
      byte[] plain = new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes();
      return gzip(mutations.of(plain, plain));
    }
    if (isZip && !mutations.oneIn(2)) {
      Map<String, byte[]> entries = entries(file);
      String name = mutations.choose(List.copyOf(entries.keySet()));
      entries.put(name, mutations.of(entries.get(name), entries.get(name)));
      if (mutations.oneIn(5)) {
        entries.put("../../outside.npy", entries.get(name));
        entries.put("/outside.npy", entries.get(name));
      }
      return zip(entries);
    }
    return mutations.of(file, other);
  }

  private List<Map<String, byte[]>> originals(Reader reader) throws IOException {
    return switch (reader) {
      case NPY -> files(npyFloats());
      case NPY_LABELS -> files(npyLabels());
      case NPZ ->
          npyFloats().stream()
              .map(x -> Map.of("", zip(Map.of("x.npy", x, "labels.npy", x))))
              .toList();
      case IDX -> files(List.of(idx(2, 3, 3), idx(5)));
      case IDX_COMPRESSED -> files(List.of(gzip(idx(2, 3, 3)), gzip(idx(5))));
      case CIFAR -> List.of(cifar());
      case SVHN -> List.of(svhn());
      case CSV -> files(List.of(log(CsvSink::new)));
      case JSON_LINES -> files(List.of(log(JsonLinesSink::new), realLog()));
      case IMAGES -> photos();
      case TABLE -> files(List.of(table(","), table(";")));
      case CORRECTIONS -> files(List.of(corrections()));
      case THEORY -> files(List.of(theory()));
      case NETWORK -> files(List.of(network()));
    };
  }

  private static List<Map<String, byte[]>> files(List<byte[]> contents) {
    return contents.stream().map(content -> Map.of("", content)).toList();
  }

  private byte[] scratch(Writing writing) throws IOException {
    Path file = Files.createTempFile("seed", ".tmp");
    try {
      writing.write(file);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  /** Writes a file. */
  @FunctionalInterface
  private interface Writing {
    void write(Path file) throws IOException;
  }

  private List<byte[]> npyFloats() throws IOException {
    double[] numbers = {0, 1.5, -2, 3, 4, 5};
    float[] floats = {0, 1.5f, -2, 3, 4, 5};
    int[] shape = {2, 3};
    return List.of(
        scratch(file -> Npy.write(file.toFile(), new NpyDoubleArray(shape, numbers, false))),
        scratch(file -> Npy.write(file.toFile(), new NpyFloatArray(shape, floats, true))));
  }

  private List<byte[]> npyLabels() throws IOException {
    return List.of(
        scratch(file -> Npy.write(file.toFile(), NpyIntArray.vectorOf(new int[] {0, 2, 1, 1}))),
        scratch(
            file ->
                Npy.write(
                    file.toFile(),
                    new NpyIntArray(new int[] {2, 3}, new int[] {0, 0, 1, 1, 0, 0}, false))));
  }

  private static byte[] idx(int... shape) {
    int length = IntStream.of(shape).reduce(1, (a, b) -> a * b);
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + length);
    file.putInt(0x0800 + shape.length);
    IntStream.of(shape).forEach(file::putInt);
    return file.array();
  }

  private static Map<String, byte[]> cifar() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 1; i <= 5; i++) {
      files.put("data_batch_" + i + ".bin", new byte[3073]);
    }
    files.put("test_batch.bin", new byte[3073]);
    String names =
        IntStream.range(0, 10).mapToObj(i -> "class " + i).collect(Collectors.joining("\n"));
    files.put("batches.meta.txt", names.getBytes(StandardCharsets.UTF_8));
    return files;
  }

  private Map<String, byte[]> svhn() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : List.of("train_32x32.mat", "test_32x32.mat")) {
      files.put(name, scratch(FilesFromElsewhereTest::writeDigits));
    }
    return files;
  }

  private static void writeDigits(Path file) throws IOException {
    Matrix images = Mat5.newMatrix(new int[] {32, 32, 3, 2}, MatlabType.UInt8);
    Matrix labels = Mat5.newMatrix(new int[] {2, 1}, MatlabType.UInt8);
    labels.setInt(0, 10);
    labels.setInt(1, 3);
    try (Sink sink = Sinks.newStreamingFile(file.toFile())) {
      Mat5.newMatFile().addArray("X", images).addArray("y", labels).writeTo(sink);
    }
  }

  private byte[] log(Function<Path, MetricSink> sinkTo) throws IOException {
    return scratch(
        file -> {
          Files.delete(file);
          try (MetricSink sink = sinkTo.apply(file)) {
            for (int epoch = 1; epoch <= 3; epoch++) {
              sink.write(observation(epoch));
            }
          }
        });
  }

  private static Observation observation(int epoch) {
    Measurements values =
        Measurements.builder()
            .put(Metric.NC1_PINV, 1.0 / epoch)
            .put(Metric.ACCURACY, Double.NaN)
            .putClassValues(Metric.NC1_CDNV, new double[] {0.5, 0.25})
            .build();
    return new Observation(
        "r\u00e9seau \"1\",\nagain",
        epoch,
        epoch * 10L,
        "train",
        "output",
        values,
        Map.of("loss", "ce"));
  }

  private static byte[] realLog() throws IOException {
    return Files.readAllBytes(
        Path.of("..", "dl4j-listener", "src", "test", "resources", "log-0.1.0.jsonl"));
  }

  private static byte[] theory() {
    return """
    noise.rate,alpha,expressivity,dilation.relative,memorization.fraction,memorization.mean,separation
    0.1,0.0,1.0,0.226,0.3,0.4,1.5
    0.2,0.0,1.0,0.373,0.4,0.5,1.5
    0.1,0.1,1.0,0.174,,NaN,1.5
    """
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Of two classes, of which one has two examples, and not more: so what is left out is missed. */
  private static List<Map<String, byte[]>> photos() throws IOException {
    List<Map<String, byte[]>> formats = new ArrayList<>();
    for (String format : List.of("png", "jpg", "gif", "bmp", "tiff", "wbmp")) {
      int type =
          format.equals("wbmp") ? BufferedImage.TYPE_BYTE_BINARY : BufferedImage.TYPE_INT_RGB;
      BufferedImage image = new BufferedImage(9, 7, type);
      image.setRGB(3, 3, 0xffffff);
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      assertTrue(ImageIO.write(image, format, file), format);
      Map<String, byte[]> files = new LinkedHashMap<>();
      // All of them by one name, so that pieces of one come into the others.
      for (String name : List.of("a/1.wbmp", "a/2.wbmp", "b/1.wbmp")) {
        files.put(name, file.toByteArray());
      }
      formats.add(files);
    }
    return formats;
  }

  private static byte[] corrections() {
    return """
    index,name,given,suggested,decision,label
    3,"a, 1.png",a,b,change,b
    7,b/1.png,b,a,drop,
    """
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] table(String delimiter) {
    return """
    length,colour,kind
    1.5,red,a
    2,"dark ""blue",b
    -3e1,red,a
    4,blue,b
    """
        .replace(",", delimiter)
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] network() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(new OutputLayer.Builder().nIn(2).nOut(2).build())
                .build());
    network.init();
    return scratch(file -> ModelSerializer.writeModel(network, file.toFile(), true));
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(file)) {
      out.write(plain);
    }
    return file.toByteArray();
  }

  private static byte[] zip(Map<String, byte[]> entries) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  private static Map<String, byte[]> entries(byte[] zip) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  /** The command line tells in a line what is wrong with a file, and never how the program runs. */
  @Test
  void theCommandLineShowsNoStackTrace() throws Exception {
    Path features = folder.resolve("x.npy");
    Path labels = folder.resolve("y.npy");
    Path log = folder.resolve("log.jsonl");
    Path table = folder.resolve("log.csv");
    Path page = folder.resolve("page.html");
    List<String> seen = new ArrayList<>();
    for (long seed = 0; seed < Math.max(20, INPUTS / 1000); seed++) {
      Mutations mutations = new Mutations(seed);
      write(features, changed(originals(Reader.NPY), mutations));
      write(labels, changed(originals(Reader.NPY_LABELS), mutations));
      write(log, changed(originals(Reader.JSON_LINES), mutations));
      write(table, changed(originals(Reader.CSV), mutations));
      for (String[] command :
          List.of(
              new String[] {
                "measure", "--features", features.toString(), "--labels", labels.toString()
              },
              new String[] {"summary", log.toString()},
              new String[] {"summary", table.toString()},
              new String[] {"dashboard", log.toString(), "--out", page.toString()})) {
        Shell shell = Shell.run(command);
        String what = "input " + seed + " of " + command[0] + ": " + shell.err();
        assertTrue(shell.exitCode() == 0 || shell.exitCode() == 2, what);
        assertFalse(shell.err().contains("\tat "), what);
        assertTrue(shell.exitCode() == 0 || shell.err().lines().count() == 1, what);
        seen.add(command[0] + shell.exitCode());
      }
    }
    assertTrue(
        seen.containsAll(List.of("summary0", "summary2", "dashboard2", "measure2")),
        seen::toString);
  }
}
