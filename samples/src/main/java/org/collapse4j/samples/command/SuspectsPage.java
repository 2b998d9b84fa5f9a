package org.collapse4j.samples.command;

import static org.collapse4j.dashboard.SelfContainedPage.escaped;
import static org.collapse4j.dashboard.SelfContainedPage.hash;
import static org.collapse4j.dashboard.SelfContainedPage.inScript;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.collapse4j.dashboard.SelfContainedPage;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.samples.data.ExampleSources;
import org.collapse4j.samples.data.ImageData;

/**
 * A page to correct labels on: the examples whose labels are most suspect, as pictures or rows, the
 * label each was given and the class it sits with, and for each the choice to keep the label, to
 * change it, or to drop the example. What is chosen is kept by the browser and exported as CSV. The
 * page needs no other file and asks for none.
 *
 * @param images whose training image i has the index i in the ranking
 * @param known the true labels, to be shown too; or null
 */
record SuspectsPage(ImageData images, SuspectLabels suspects, NoisyLabels known) {
  /** The longer side of a picture, where its file has more pixels than the network is given. */
  private static final int MOST_PIXELS = 160;

  /** Columns of a row that are seen at once. */
  private static final int FIRST_COLUMNS = 12;

  private static final JsonMapper JSON = new JsonMapper();
  private static final SelfContainedPage PAGE =
      new SelfContainedPage(
          SuspectsPage.class,
          "suspects.html",
          List.of("suspects.css"),
          List.of("suspects.js"),
          "data:");

  private ExampleSources sources() {
    return images.sources();
  }

  /** The page as HTML, with the first examples of the ranking. */
  String html(int most) throws IOException {
    List<SuspectLabel> ranking = suspects.ranking();
    List<SuspectLabel> shown = ranking.subList(0, Math.min(most, ranking.size()));
    StringBuilder examples = new StringBuilder();
    for (int i = 0; i < shown.size(); i++) {
      examples.append(example(i + 1, shown.get(i)));
    }
    return PAGE.with(
        Map.of(
            "policy",
            PAGE.policy(),
            "title",
            "Suspect labels of " + escaped(images.name()),
            "introduction",
            introduction(ranking.size(), shown.size()),
            "layout",
            sources().arePictures() ? "all" : "all rows",
            "examples",
            examples.toString(),
            "data",
            inScript(data(shown))));
  }

  private String introduction(int examples, int shown) {
    return String.format(
        Locale.ROOT,
        "<p>Of %,d training %ss about %,d have a wrong label. These are the %,d most suspect"
            + " ones, the worst first: crossed out the label each was given, below it the class it"
            + " sits with. The margin is the logit of the given label minus the largest other,"
            + " averaged over the epochs; the ratio is the distance to the centre of the given class"
            + " over that to the other's. Keep a label, change it or drop its example; what is"
            + " exported is read by <code>train --labels corrected.csv</code>, with the options of"
            + " the data as they were here.</p>",
        examples,
        sources().noun(),
        suspects.estimatedCount(),
        shown);
  }

  private String example(int rank, SuspectLabel suspect) throws IOException {
    String given = escaped(className(suspect.given()));
    String sitsWith = escaped(className(suspect.sitsWith()));
    return String.format(
        Locale.ROOT,
        "<li class=\"example\"><figure>%s<figcaption><span class=\"given\">%s</span>"
            + "<br><span class=\"class\">%s</span><br><small>%d. %s<br>margin %.2f%s%s</small>"
            + "</figcaption></figure></li>\n",
        sources().arePictures() ? picture(suspect) : row((int) suspect.index()),
        given,
        sitsWith,
        rank,
        called((int) suspect.index()),
        suspect.margin(),
        Double.isNaN(suspect.distanceRatio())
            ? ""
            : String.format(Locale.ROOT, ", ratio %.2f", suspect.distanceRatio()),
        truth(suspect));
  }

  private String className(int index) {
    return images.classNames().get(index);
  }

  private String name(long index) {
    return sources().names().get((int) index);
  }

  /** The name of a file is enough, a number is not. */
  private String called(int index) {
    String noun = name(index).matches("\\d+") ? sources().noun() + " " : "";
    return noun + escaped(name(index));
  }

  private String truth(SuspectLabel suspect) {
    return known == null
        ? ""
        : "<br>in truth " + escaped(className(known.clean((int) suspect.index())));
  }

  private String picture(SuspectLabel suspect) throws IOException {
    return String.format(
        Locale.ROOT,
        "<img src=\"data:image/png;base64,%s\" alt=\"%s, labelled %s, sits with %s\">",
        png((int) suspect.index()),
        called((int) suspect.index()),
        escaped(className(suspect.given())),
        escaped(className(suspect.sitsWith())));
  }

  private String row(int index) {
    List<String> columns = sources().columns();
    int seen = Math.min(columns.size(), FIRST_COLUMNS);
    String first = cells(index, 0, seen);
    return seen == columns.size()
        ? first
        : first
            + String.format(
                Locale.ROOT,
                "<details><summary>%,d more columns</summary>%s</details>",
                columns.size() - seen,
                cells(index, seen, columns.size()));
  }

  private String cells(int index, int from, int to) {
    StringBuilder table = new StringBuilder("<table>");
    for (int column = from; column < to; column++) {
      table.append("<tr><th scope=\"row\">").append(escaped(sources().columns().get(column)));
      table.append("</th><td>").append(escaped(sources().cells().get(index).get(column)));
      table.append("</td></tr>");
    }
    return table.append("</table>").toString();
  }

  private String png(int index) throws IOException {
    BufferedImage picture = sources().picture(index, MOST_PIXELS).orElseGet(() -> pixels(index));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", bytes);
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private BufferedImage pixels(int index) {
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
    return picture;
  }

  /** What the script needs; what is decided on a page is kept for pages of the same examples. */
  private String data(List<SuspectLabel> shown) throws IOException {
    ObjectNode data = JSON.createObjectNode();
    data.put("noun", sources().noun());
    ArrayNode classes = data.putArray("classes");
    images.classNames().forEach(classes::add);
    ArrayNode examples = data.putArray("examples");
    for (SuspectLabel suspect : shown) {
      examples
          .addObject()
          .put("index", suspect.index())
          .put("name", name(suspect.index()))
          .put("given", suspect.given())
          .put("suggested", suspect.sitsWith());
    }
    data.put("id", hash(images.name() + JSON.writeValueAsString(data)));
    return JSON.writeValueAsString(data);
  }
}
