package org.collapse4j.samples.data;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.ImageInputStream;

/** A picture in a file of whatever format the JDK reads, scaled to a square. */
final class PictureFile {
  /** Beyond this a picture is read with rows and columns left out. */
  private static final long MOST_READ = 1 << 22;

  /** A larger picture is none to train on, and some formats are decoded whole. */
  private static final long MOST_PIXELS = 1 << 27;

  /** More than a byte can hold in any format but of a blank page, beyond the first few. */
  private static final long PIXELS_OF_A_BYTE = 10_000;

  private static final long PIXELS_OF_ANY_FILE = 1 << 20;

  /** Suffixes of pictures that the JDK does not read: who has such files wants to know. */
  private static final Set<String> OTHER_FORMATS =
      Set.of("webp", "heic", "heif", "avif", "jp2", "jxl", "svg", "ico", "psd", "ppm", "pgm");

  private PictureFile() {}

  /**
   * Reads a picture.
   *
   * @param size of each side; a picture that is no square is stretched
   * @return red, green and blue, each row after row, on white where the picture is transparent;
   *     empty if the file is no picture
   * @throws IOException if it is one that cannot be decoded; the message says why
   */
  static Optional<byte[]> read(Path file, int size) throws IOException {
    return read(file).map(image -> planes(scaled(onWhite(image), size, size)));
  }

  /**
   * Reads a picture to look at.
   *
   * @param most pixels of its longer side, which it is scaled down to
   * @return empty if the file is no picture
   * @throws IOException if it is one that cannot be decoded
   */
  static Optional<BufferedImage> readAtMost(Path file, int most) throws IOException {
    return read(file)
        .map(
            image -> {
              double longer = Math.max(image.getWidth(), image.getHeight());
              double scale = Math.min(1, most / longer);
              int width = Math.max(1, (int) Math.round(scale * image.getWidth()));
              int height = Math.max(1, (int) Math.round(scale * image.getHeight()));
              return scaled(onWhite(image), width, height);
            });
  }

  private static Optional<BufferedImage> read(Path file) throws IOException {
    String suffix = suffix(file);
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      if (in == null) {
        throw new IOException("it cannot be opened");
      }
      Optional<ImageReader> reader = reader(in, suffix);
      if (reader.isPresent()) {
        return Optional.of(decoded(reader.get(), in, Files.size(file)));
      }
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // The JDK's readers believe what a header says, and throw all of these.
      throw new IOException("it is damaged", e);
    }
    if (OTHER_FORMATS.contains(suffix)
        || Arrays.asList(ImageIO.getReaderFileSuffixes()).contains(suffix)) {
      throw new IOException("Java reads none of this format");
    }
    return Optional.empty();
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** The format wbmp is known by two zero bytes, which begin many files that are no pictures. */
  private static Optional<ImageReader> reader(ImageInputStream in, String suffix)
      throws IOException {
    for (Iterator<ImageReader> readers = ImageIO.getImageReaders(in); readers.hasNext(); ) {
      ImageReader reader = readers.next();
      if (!"wbmp".equals(reader.getFormatName()) || "wbmp".equals(suffix)) {
        return Optional.of(reader);
      }
    }
    return Optional.empty();
  }

  private static BufferedImage decoded(ImageReader reader, ImageInputStream in, long bytes)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    try {
      reader.setInput(in, true, true);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      ImageReadParam parameters = reader.getDefaultReadParam();
      int step = step(reader.getWidth(0), reader.getHeight(0), bytes);
      requireSamplesOfOneSize(reader);
      parameters.setSourceSubsampling(step, step, 0, 0);
      BufferedImage image = reader.read(0, parameters);
      if (warnings.stream().anyMatch(warning -> warning.contains("Premature end"))) {
        throw new IOException("it is cut off");
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  /** The JDK's reader of TIFF takes a gigabyte for a few pixels where a forged header says else. */
  private static void requireSamplesOfOneSize(ImageReader reader) throws IOException {
    if (!"tif".equals(reader.getFormatName())) {
      return;
    }
    TIFFField bits =
        TIFFDirectory.createFromMetadata(reader.getImageMetadata(0))
            .getTIFFField(BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE);
    int samples = bits == null ? 0 : bits.getCount();
    if (IntStream.range(0, samples).map(bits::getAsInt).distinct().count() > 1) {
      throw new IOException("its samples have different numbers of bits");
    }
  }

  /** Every how many pixels one is read. */
  private static int step(int width, int height, long bytes) throws IOException {
    long pixels = (long) width * height;
    long believable = PIXELS_OF_ANY_FILE + PIXELS_OF_A_BYTE * bytes;
    if (width < 1 || height < 1 || pixels > Math.min(MOST_PIXELS, believable)) {
      throw new IOException(
          String.format(Locale.ROOT, "%,d bytes of %d x %d pixels", bytes, width, height));
    }
    return (int) Math.ceil(Math.sqrt((double) pixels / MOST_READ));
  }

  /** By halves, so that no pixel of a larger picture is passed over. */
  private static BufferedImage scaled(BufferedImage image, int toWidth, int toHeight) {
    BufferedImage scaled = image;
    int width = image.getWidth();
    int height = image.getHeight();
    while (width != toWidth || height != toHeight) {
      width = Math.max(toWidth, (width + 1) / 2);
      height = Math.max(toHeight, (height + 1) / 2);
      scaled = drawn(scaled, width, height);
    }
    return scaled;
  }

  private static byte[] planes(BufferedImage image) {
    int width = image.getWidth();
    int[] rgb = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    byte[] planes = new byte[3 * rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      planes[i] = (byte) (rgb[i] >> 16);
      planes[rgb.length + i] = (byte) (rgb[i] >> 8);
      planes[2 * rgb.length + i] = (byte) rgb[i];
    }
    return planes;
  }

  private static BufferedImage onWhite(BufferedImage image) {
    boolean isTransparentGrey =
        image.getColorModel() instanceof ComponentColorModel model
            && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && model.hasAlpha();
    return isTransparentGrey
        ? greyOnWhite(image.getRaster(), image.getColorModel().getComponentSize(0))
        : drawn(image, image.getWidth(), image.getHeight());
  }

  /** Java draws grey that can be transparent as if it were linear in light: too bright. */
  private static BufferedImage greyOnWhite(Raster raster, int bits) {
    int width = raster.getWidth();
    BufferedImage image = new BufferedImage(width, raster.getHeight(), BufferedImage.TYPE_INT_RGB);
    float most = (1L << bits) - 1;
    float[] row = new float[width * raster.getNumBands()];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        float grey = row[2 * x] / most;
        float opaque = row[2 * x + 1] / most;
        int level = Math.round(255 * (opaque * grey + 1 - opaque));
        image.setRGB(x, y, level * 0x010101);
      }
    }
    return image;
  }

  private static BufferedImage drawn(BufferedImage image, int width, int height) {
    BufferedImage drawn = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = drawn.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, Color.WHITE, null);
    graphics.dispose();
    return drawn;
  }
}
