package org.collapse4j.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.Observation;
import org.collapse4j.log.Slf4jSink;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.model.Mlp;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Java examples of README, docs and Javadoc stand in tests word for word, so that they compile.
 */
class DocumentedExamplesTest {
  private static final Pattern IN_JAVADOC =
      Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* *\\}</pre>", Pattern.DOTALL);

  private final MultiLayerNetwork network = Mlp.builder(4, 3).widths(List.of(8)).build();
  private final DataSetIterator trainBatches = batches();
  private final DataSetIterator testBatches = batches();

  private static DataSetIterator batches() {
    Nd4j.getRandom().setSeed(1);
    DataSet data = new DataSet(Nd4j.randn(30, 4), Nd4j.eye(3).repeat(0, 10));
    return new ExistingDataSetIterator(data.batchBy(10));
  }

  @Test
  void theListenerWithNoOptions() {
    network.addListeners(new NeuralCollapseListener());
    network.fit(trainBatches, 1);
  }

  @Test
  void theListenerWithProbes() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(trainBatches)
            .heldOutProbe(testBatches)
            .sink(new Slf4jSink())
            .sink(new JsonLinesSink(Path.of("runs/first.jsonl")))
            .build();
    listener.requireMeasurable(network);
  }

  @Test
  void theListenerWithADashboard() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(trainBatches)
            .heldOutProbe(testBatches)
            .parameter("loss", "label-smoothing")
            .parameter("alpha", "0.1")
            .parameter("seed", "1")
            .jsonLines(Path.of("runs/smoothing.jsonl"))
            .dashboard(Path.of("page.html"))
            .build();
    listener.requireMeasurable(network);
  }

  @Test
  void readingBack() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().heldOutProbe(testBatches).build();
    network.addListeners(listener);
    network.fit(trainBatches, 1);
    Observation observation = listener.lastObservation("heldout").orElseThrow();
    double nc1 = observation.measurements().value(Metric.NC1_PINV);
    assertTrue(nc1 > 0);
  }

  @Test
  void everyExampleStandsInATest() {
    List<String> tests =
        Documentation.files("glob:**/src/test/java/**.java").stream()
            .map(DocumentedExamplesTest::folded)
            .toList();
    List<String> missing = new ArrayList<>();
    int examples = 0;
    for (String example : examples()) {
      examples++;
      if (tests.stream().noneMatch(t -> t.contains(fold(example)))) {
        missing.add(example);
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(examples >= 20, "only " + examples + " examples were found");
  }

  private static List<String> examples() {
    List<String> examples = new ArrayList<>();
    Documentation.pages().forEach(page -> examples.addAll(Documentation.blocks(page, "java")));
    Documentation.files("glob:**/src/main/java/**.java")
        .forEach(file -> examples.addAll(inJavadoc(Documentation.text(file))));
    // What begins with a brace is JSON, with a pipe a table.
    examples.removeIf(e -> e.strip().startsWith("{") || e.strip().startsWith("|"));
    return examples;
  }

  private static List<String> inJavadoc(String source) {
    return IN_JAVADOC
        .matcher(source)
        .results()
        .map(example -> example.group(1).replaceAll("(?m)^ *\\* ?", ""))
        .toList();
  }

  private static String folded(Path file) {
    return fold(Documentation.text(file));
  }

  private static String fold(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }
}
