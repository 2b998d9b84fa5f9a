package org.collapse4j.samples.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFoldersTest {
  private static final HeldOutSplit HALF = new HeldOutSplit(0.5, 1);

  /** How far a byte over 255 in float32 may be off. */
  private static final double FLOAT32 = 1e-7;

  @TempDir private Path folder;

  /** Writes a picture of one colour. */
  private void write(String name, int type, int width, int height, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, rgb);
    }
    write(name, image);
  }

  private void write(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    String format = name.substring(name.lastIndexOf('.') + 1);
    assertTrue(ImageIO.write(image, format, file.toFile()), "written as " + format);
  }

  private void writeRed(String... names) throws IOException {
    for (String name : names) {
      write(name, BufferedImage.TYPE_INT_RGB, 5, 5, 0xff0000);
    }
  }

  private ImageData read() throws IOException {
    return ImageFolders.read(folder, 4, ImageFolders.Colours.AS_THEY_ARE, HALF);
  }

  private static float[] pixels(ImageData images, int example) {
    return images.train().getFeatures().getRow(example).toFloatVector();
  }

  @Test
  void everyFolderIsAClassAndTheOrderIsThatOfNames() throws IOException {
    writeRed("b/2.png", "b/1.png", "a/x.png", "a/y.png", "a/z.png", "a/w.png");
    ImageData images = read();
    assertEquals(List.of("a", "b"), images.classNames());
    assertEquals(3, images.train().numExamples());
    assertEquals(3, images.heldOut().numExamples());
    assertEquals(List.of("a", "a", "b"), firsts(images.sources().names()));
    assertArrayEquals(new int[] {0, 0, 1}, images.train().getLabels().argMax(1).toIntVector());
    assertArrayEquals(new int[] {0, 0, 1}, images.heldOut().getLabels().argMax(1).toIntVector());
    assertEquals(List.of(), images.sources().remarks());
    assertTrue(images.name().matches(folder.getFileName() + "-[0-9a-f]{8}"), images.name());
  }

  private static List<String> firsts(List<String> names) {
    return names.stream().map(name -> name.replaceAll("/.*", "")).toList();
  }

  @Test
  void theSeedDecidesWhatIsHeldOut() throws IOException {
    for (int i = 0; i < 20; i++) {
      writeRed("a/" + i + ".png", "b/" + i + ".png");
    }
    List<String> first = read().sources().names();
    assertEquals(first, read().sources().names());
    ImageData other =
        ImageFolders.read(folder, 4, ImageFolders.Colours.RGB, new HeldOutSplit(0.25, 2));
    assertEquals(30, other.train().numExamples());
    assertEquals(10, other.heldOut().numExamples());
    HeldOutSplit anotherSeed = new HeldOutSplit(0.5, 2);
    assertNotEquals(
        first,
        ImageFolders.read(folder, 4, ImageFolders.Colours.RGB, anotherSeed).sources().names());
  }

  @ParameterizedTest
  @CsvSource({"png", "gif", "bmp", "tiff"})
  void coloursAreThoseOfTheFile(String format) throws IOException {
    for (String name : List.of("a/1.", "a/2.", "b/1.", "b/2.")) {
      write(name + format, BufferedImage.TYPE_INT_RGB, 9, 7, 0x336699);
    }
    ImageData images = read();
    assertEquals(3, images.channels());
    float[] pixels = pixels(images, 0);
    assertEquals(3 * 16, pixels.length);
    for (int i = 0; i < pixels.length; i++) {
      assertEquals(new int[] {0x33, 0x66, 0x99}[i / 16] / 255.0, pixels[i], FLOAT32);
    }
    ImageData grey = ImageFolders.read(folder, 4, ImageFolders.Colours.GREY, HALF);
    assertEquals(1, grey.channels());
    double luma = 0.299 * 0x33 + 0.587 * 0x66 + 0.114 * 0x99;
    assertEquals(Math.round(luma) / 255.0, pixels(grey, 0)[3], FLOAT32);
  }

  /** As in the file: Java would take these levels for linear in light. */
  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY})
  void levelsOfGreyAreThoseOfTheFile(int type) throws IOException {
    BufferedImage image = new BufferedImage(4, 4, type);
    for (int i = 0; i < 16; i++) {
      image.getRaster().setSample(i % 4, i / 4, 0, 17 * i * (type == 10 ? 1 : 257));
    }
    for (String name : List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png")) {
      write(name, image);
    }
    ImageData images = read();
    assertEquals(1, images.channels());
    for (int i = 0; i < 16; i++) {
      assertEquals(17 * i / 255.0, pixels(images, 0)[i], FLOAT32, "pixel " + i);
    }
    ImageData colour = ImageFolders.read(folder, 4, ImageFolders.Colours.RGB, HALF);
    assertEquals(3, colour.channels());
    assertEquals(17 * 5 / 255.0, pixels(colour, 0)[32 + 5], FLOAT32);
  }

  @Test
  void greyThatCanBeTransparentIsAsBrightAsOtherGrey() throws IOException {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            true,
            false,
            Transparency.TRANSLUCENT,
            DataBuffer.TYPE_BYTE);
    WritableRaster raster = model.createCompatibleWritableRaster(4, 4);
    for (int i = 0; i < 16; i++) {
      raster.setSample(i % 4, i / 4, 0, 17 * i);
      raster.setSample(i % 4, i / 4, 1, i < 8 ? 255 : 0);
    }
    for (String name : List.of("a/1.png", "a/2.png", "b/1.png")) {
      write(name, new BufferedImage(model, raster, false, null));
    }
    float[] pixels = pixels(read(), 0);
    for (int i = 0; i < 16; i++) {
      assertEquals(i < 8 ? 17 * i / 255.0 : 1, pixels[i], FLOAT32, "pixel " + i);
    }
  }

  @Test
  void moreThanTheBytesCanHoldIsNotDecoded() throws IOException {
    Path file = Files.write(folder.resolve("a.png"), pngOf(10_000, 10_000));
    IOException refused = assertThrows(IOException.class, () -> PictureFile.read(file, 4));
    assertTrue(refused.getMessage().endsWith(" bytes of 10000 x 10000 pixels"), refused::toString);
  }

  @Test
  void whatIsTransparentIsWhite() throws IOException {
    for (String name : List.of("a/1.png", "a/2.png", "b/1.png")) {
      write(name, BufferedImage.TYPE_INT_ARGB, 4, 4, 0x00123456);
    }
    ImageData images = read();
    assertEquals(1, images.channels(), "white is grey");
    assertEquals(1, pixels(images, 0)[0]);
  }

  @Test
  void largePicturesAreScaledOverAllTheirPixels() throws IOException {
    BufferedImage stripes = new BufferedImage(2000, 1500, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 1500; y++) {
      for (int x = 0; x < 2000; x++) {
        stripes.setRGB(x, y, x < 1000 ? (x + y) % 2 * 0xffffff : 0xffffff);
      }
    }
    for (String name : List.of("a/1.png", "a/2.png", "b/1.png")) {
      write(name, stripes);
    }
    float[] pixels = pixels(read(), 0);
    assertEquals(0.5, pixels[0], 0.02, "half of the pixels are white");
    assertEquals(1, pixels[3]);
  }

  @Test
  void whatIsNoImageIsCountedAndWhatCannotBeDecodedNamed() throws IOException {
    writeRed("a/1.png", "a/2.png", "b/1.jpg", "b/2.png", "a/cut.png", "a/.hidden.png");
    byte[] png = Files.readAllBytes(folder.resolve("a/cut.png"));
    Files.write(folder.resolve("a/cut.png"), Arrays.copyOf(png, png.length / 2));
    byte[] jpeg = Files.readAllBytes(folder.resolve("b/1.jpg"));
    Files.write(folder.resolve("b/cut.jpg"), Arrays.copyOf(jpeg, jpeg.length - 20));
    Files.writeString(folder.resolve("b/note.txt"), "no image");
    Files.write(folder.resolve("b/zeros"), new byte[100]);
    Files.writeString(folder.resolve("b/new\u001b[2J.webp"), "RIFF");
    Files.writeString(folder.resolve("Thumbs.db"), "x");
    Files.createDirectories(folder.resolve("a/within"));
    Files.createDirectories(folder.resolve("empty"));
    ImageData images = read();
    assertEquals(List.of("a", "b"), images.classNames());
    assertEquals(2, images.train().numExamples());
    assertEquals(
        List.of(
            "Left out: 3 files that cannot be decoded (a/cut.png, b/cut.jpg, b/new?[2J.webp),"
                + " 2 files that are no images, 1 hidden file, 1 file in no folder of a class,"
                + " 1 folder within those of classes, 1 folder without images (empty)"),
        images.sources().remarks());
  }

  @Test
  void headersThatLieDoNotTakeTheMemory() throws IOException {
    writeRed("a/1.png", "a/2.png", "b/1.png");
    Files.write(folder.resolve("a/forged.png"), pngOf(2_000_000_000, 2_000_000_000));
    Files.write(folder.resolve("a/long.png"), pngOf(Integer.MAX_VALUE, 1));
    Files.write(folder.resolve("b/large.png"), pngOf(60_000, 60_000));
    String remark = read().sources().remarks().get(0);
    assertTrue(
        remark.endsWith("3 files that cannot be decoded (a/forged.png, a/long.png, b/large.png)"),
        remark);
  }

  /** A header, and a few bytes of what should be pixels. */
  private static byte[] pngOf(int width, int height) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream numbers = new DataOutputStream(header);
    numbers.writeInt(width);
    numbers.writeInt(height);
    numbers.write(new byte[] {8, 2, 0, 0, 0});
    writeChunk(file, "IHDR", header.toByteArray());
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(pixels)) {
      deflater.write(new byte[1000]);
    }
    writeChunk(file, "IDAT", pixels.toByteArray());
    writeChunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void writeChunk(ByteArrayOutputStream file, String type, byte[] content)
      throws IOException {
    DataOutputStream out = new DataOutputStream(file);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) sum.getValue());
  }

  @Test
  void linksAreFollowedAndNothingIsWritten(@TempDir Path elsewhere) throws IOException {
    writeRed("a/1.png", "a/2.png", "b/1.png");
    Path secret = Files.writeString(elsewhere.resolve("secret.txt"), "no image");
    Files.createSymbolicLink(folder.resolve("a/link.png"), folder.resolve("b/1.png"));
    Files.createSymbolicLink(folder.resolve("a/out.txt"), secret);
    Files.createSymbolicLink(folder.resolve("a/nowhere.png"), elsewhere.resolve("nothing"));
    Files.createSymbolicLink(folder.resolve("a/zero.png"), Path.of("/dev/zero"));
    Files.createSymbolicLink(folder.resolve("c"), folder);
    ImageData images = read();
    assertEquals(List.of("a", "b"), images.classNames());
    assertEquals(4, images.train().numExamples() + images.heldOut().numExamples());
    assertEquals("no image", Files.readString(secret));
    assertEquals(1, elsewhere.toFile().list().length);
    for (String link : List.of("a/link.png", "a/out.txt", "a/nowhere.png", "a/zero.png", "c")) {
      Files.delete(folder.resolve(link));
    }
  }

  @Test
  void fewerThanTwoClassesAreRefused() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    assertThrows(
        NotDirectoryException.class,
        () -> ImageFolders.read(nowhere, 4, ImageFolders.Colours.RGB, HALF));
    writeRed("a/1.png", "a/2.png", "train/b/1.png");
    assertEquals(
        folder
            + " must have a folder with images for each of at least two classes, but has only a."
            + " Left out: 1 folder within those of classes, 1 folder without images (train)",
        assertThrows(IllegalArgumentException.class, this::read).getMessage());
    Files.delete(folder.resolve("a/2.png"));
    writeRed("train/1.png");
    assertEquals(
        folder + " must have two examples of a class, one of which can be held out",
        assertThrows(IllegalArgumentException.class, this::read).getMessage());
  }

  @Test
  void namesStayWithTheImagesThatAreSelected() throws IOException {
    writeRed("a/1.png", "a/2.png", "b/1.png", "b/2.png", "c/1.png", "c/2.png", "c/3.png");
    ImageData selected = read().ofClasses(List.of(2, 0)).firstOfEachClass(1);
    assertEquals(List.of("c", "a"), selected.classNames());
    assertEquals(List.of("a", "c"), firsts(selected.sources().names()));
    assertArrayEquals(new int[] {1, 0}, selected.train().getLabels().argMax(1).toIntVector());
  }
}
