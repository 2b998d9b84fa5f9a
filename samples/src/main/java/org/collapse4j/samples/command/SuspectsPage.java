package org.collapse4j.samples.command;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.samples.data.ImageData;

/**
 * A page with the pictures whose labels are most suspect, the label each was given and the class it
 * sits with. It needs no other file.
 */
final class SuspectsPage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; }
      body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
      h1 { font-size: 1.5rem; margin-bottom: .3rem; }
      .all { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1rem; padding: 0; }
      .all li { list-style: none; }
      figure { margin: 0; border: 1px solid #8886; border-radius: 6px; padding: .6rem; height: 100%; box-sizing: border-box; }
      img { width: 100%; image-rendering: pixelated; display: block; border-radius: 3px; }
      figcaption { margin-top: .5rem; overflow-wrap: anywhere; }
      .given { text-decoration: line-through; text-decoration-color: #c33; text-decoration-thickness: 2px; }
      .class { font-weight: 600; }
      small { opacity: .75; }
      """;

  private final ImageData images;
  private final SuspectLabels suspects;
  private final NoisyLabels known;

  /**
   * A page.
   *
   * @param images whose training image i has the index i in the ranking
   * @param known the true labels, to be shown too; or null
   */
  SuspectsPage(ImageData images, SuspectLabels suspects, NoisyLabels known) {
    this.images = images;
    this.suspects = suspects;
    this.known = known;
  }

  /** The page as HTML, with the pictures of the first examples of the ranking. */
  String html(int pictures) throws IOException {
    List<SuspectLabel> ranking = suspects.ranking();
    List<SuspectLabel> shown = ranking.subList(0, Math.min(pictures, ranking.size()));
    StringBuilder html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<title>Suspect labels of ").append(escaped(images.name())).append("</title>\n");
    html.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    html.append("<h1>Suspect labels of ").append(escaped(images.name())).append("</h1>\n");
    html.append(introduction(ranking.size(), shown.size()));
    html.append("<ol class=\"all\">\n");
    for (int i = 0; i < shown.size(); i++) {
      html.append(figure(i + 1, shown.get(i)));
    }
    return html.append("</ol>\n</body>\n</html>\n").toString();
  }

  private String introduction(int examples, int shown) {
    return String.format(
        Locale.ROOT,
        "<p>Of %,d training images about %,d have a wrong label. These are the %,d most suspect"
            + " ones, the worst first: crossed out the label each was given, below it the class it"
            + " sits with. The margin is the logit of the given label minus the largest other,"
            + " averaged over the epochs; the ratio is the distance to the centre of the given class"
            + " over that to the other's.</p>\n",
        examples,
        suspects.estimatedCount(),
        shown);
  }

  private String figure(int rank, SuspectLabel suspect) throws IOException {
    String given = escaped(images.classNames().get(suspect.given()));
    String sitsWith = escaped(images.classNames().get(suspect.sitsWith()));
    return String.format(
        Locale.ROOT,
        "<li><figure><img src=\"data:image/png;base64,%s\" alt=\"image %d, labelled %s, sits with"
            + " %s\"><figcaption><span class=\"given\">%s</span><br><span class=\"class\">%s</span>"
            + "<br><small>%d. image %d<br>margin %.2f%s%s</small></figcaption></figure></li>\n",
        png((int) suspect.index()),
        suspect.index(),
        given,
        sitsWith,
        given,
        sitsWith,
        rank,
        suspect.index(),
        suspect.margin(),
        Double.isNaN(suspect.distanceRatio())
            ? ""
            : String.format(Locale.ROOT, ", ratio %.2f", suspect.distanceRatio()),
        truth(suspect));
  }

  private String truth(SuspectLabel suspect) {
    return known == null
        ? ""
        : "<br>in truth " + escaped(images.classNames().get(known.clean((int) suspect.index())));
  }

  private String png(int index) throws IOException {
    float[] pixels = images.train().getFeatures().getRow(index).toFloatVector();
    int size = images.height() * images.width();
    BufferedImage picture =
        new BufferedImage(images.width(), images.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size; i++) {
      int rgb = 0;
      for (int channel = 0; channel < 3; channel++) {
        int from = images.channels() == 3 ? channel * size : 0;
        rgb = rgb << 8 | Math.round(255 * Math.max(0, Math.min(1, pixels[from + i])));
      }
      picture.setRGB(i % images.width(), i / images.width(), rgb);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", bytes);
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
