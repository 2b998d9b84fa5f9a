package org.collapse4j.samples.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.experiment.LabelCleaning;
import org.collapse4j.samples.experiment.LabelCleaning.Outcome;
import org.collapse4j.samples.experiment.NoiseKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code clean}: what leaving out or replacing suspect labels is worth. */
@Command(
    name = "clean",
    mixinStandardHelpOptions = true,
    defaultValueProvider = CleanCommand.Defaults.class,
    footer = {"", "Example:", "  collapse4j clean --noise-rate 0.2 --seeds 1,2,3 --json"},
    description = {
      "Trains a network, leaves out the training images whose label looks wrong, and "
          + "trains anew.",
      "The evidence is the margin of each label, averaged over the epochs until "
          + "memorization begins. Tells how many labels look wrong, and the accuracy on "
          + "held-out data after the last epoch, before cleaning and after. With --noise-rate "
          + "it corrupts labels first, and tells how many of the wrong ones were found, and "
          + "the accuracy that clean labels give; without, JSON has no label as wrong."
    })
public final class CleanCommand implements Callable<Integer> {
  private static final TextTable TABLE = TextTable.ofWidths("lr", 4, 6, 8, 13, 13, 15, 14, 14);

  /** The numbers of an outcome by their keys, in the order of the table's columns. */
  private static final Map<String, ToDoubleFunction<Outcome>> NUMBERS = new LinkedHashMap<>();

  private static final Set<String> NEEDS_TRUTH =
      Set.of("wrong", "suspects.wrong", "accuracy.clean");

  private static final Set<String> COMPARED = Set.of("accuracy.before", "accuracy.clean");

  static {
    NUMBERS.put("wrong", Outcome::wrong);
    NUMBERS.put("suspects", Outcome::suspects);
    NUMBERS.put("suspects.wrong", Outcome::suspectsWrong);
    NUMBERS.put("accuracy.before", Outcome::accuracyBefore);
    NUMBERS.put("accuracy.after", Outcome::accuracyAfter);
    NUMBERS.put("accuracy.clean", Outcome::accuracyClean);
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--noise-rate",
      paramLabel = "R",
      defaultValue = "0",
      description = "probability that a training label is corrupted (default: ${DEFAULT-VALUE})")
  private double noiseRate;

  @Option(
      names = "--noise",
      paramLabel = "uniform|symmetric|pair",
      defaultValue = "uniform",
      description =
          "a corrupted label is drawn anew over all classes, over all others, or becomes the"
              + " next class (default: ${DEFAULT-VALUE})")
  private NoiseKind noise;

  @Option(
      names = "--replace",
      description = "give suspects the class that they sit with, instead of leaving them out")
  private boolean replaced;

  @Option(
      names = "--uncompared",
      description =
          "end the first training where its evidence is complete, which spares most of it, and "
              + "leave out the accuracies on all labels and on clean ones")
  private boolean uncompared;

  @Option(
      names = "--seeds",
      paramLabel = "S",
      split = ",",
      defaultValue = "1",
      description = "seeds of weights, order and noise (default: ${DEFAULT-VALUE})")
  private List<Long> seeds;

  @Mixin private LossOptions lossOptions;

  @Mixin private TrainingOptions training;

  @Option(names = "--json", description = "print one object of JSON: of several seeds the means")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Hyperparameters.Builder options =
        lossOptions.set(training.hyperparameters()).noise(noise).noiseRate(noiseRate);
    options.build();
    PrintWriter out = spec.commandLine().getOut();
    ImageData images = training.images(json ? spec.commandLine().getErr() : out);
    options.data(images.name());
    List<Outcome> outcomes = new ArrayList<>();
    if (!json) {
      printHead(out, images);
    }
    for (long seed : new LinkedHashSet<>(seeds)) {
      try (Bar bar = new Bar(seed)) {
        outcomes.add(cleaning(options.seed(seed).build(), images, bar).run());
      }
      if (!json) {
        print(out, String.valueOf(seed), outcomes.subList(outcomes.size() - 1, outcomes.size()));
      }
    }
    if (json) {
      out.print(json(outcomes));
    } else {
      print(out, "mean", outcomes);
    }
    out.flush();
    return 0;
  }

  private LabelCleaning cleaning(Hyperparameters hyperparameters, ImageData images, Bar bar) {
    return new LabelCleaning(hyperparameters, replaced, !uncompared, images, bar);
  }

  private void printHead(PrintWriter out, ImageData images) {
    out.printf(
        Locale.ROOT,
        "%s: labels that look wrong are %s; accuracies are of held-out data%n%n",
        images.name(),
        replaced ? "replaced" : "left out");
    out.println(
        TABLE.line(
            List.of(
                "", "wrong", "", "wrong among", "memorization", "accuracy on", "accuracy", "")));
    out.println(
        TABLE.line(
            List.of(
                "seed",
                "labels",
                "suspects",
                "suspects",
                "since epoch",
                "all labels",
                "cleaned",
                "clean labels")));
    out.flush();
  }

  private void print(PrintWriter out, String name, List<Outcome> outcomes) {
    List<String> cells = new ArrayList<>(List.of(name));
    Map<String, Double> means = means(outcomes);
    for (String count : List.of("wrong", "suspects", "suspects.wrong")) {
      cells.add(known(count, String.format(Locale.ROOT, "%,.0f", means.get(count))));
    }
    cells.add(memorizationBegan(outcomes));
    for (String accuracy : List.of("accuracy.before", "accuracy.after", "accuracy.clean")) {
      cells.add(known(accuracy, TextTable.share(means.get(accuracy))));
    }
    out.println(TABLE.line(cells));
    out.flush();
  }

  /** Which labels are wrong is only known where they were corrupted here. */
  private String known(String key, String text) {
    boolean isUnknown = noiseRate == 0 && NEEDS_TRUTH.contains(key);
    return isUnknown || (uncompared && COMPARED.contains(key)) ? "-" : text;
  }

  /** Several seeds have no epoch in common. */
  private static String memorizationBegan(List<Outcome> outcomes) {
    return outcomes.size() > 1
        ? ""
        : outcomes.get(0).lastEvidence().stream().mapToObj(String::valueOf).findFirst().orElse("-");
  }

  private static Map<String, Double> means(List<Outcome> outcomes) {
    Map<String, Double> means = new LinkedHashMap<>();
    NUMBERS.forEach(
        (key, number) ->
            means.put(key, outcomes.stream().mapToDouble(number).average().orElseThrow()));
    return means;
  }

  private String json(List<Outcome> outcomes) throws JsonProcessingException {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("noise.rate", noiseRate);
    values.putAll(means(outcomes));
    values.replaceAll((key, value) -> value.isNaN() ? null : value);
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(values)
        + System.lineSeparator();
  }

  /** A bar that shows how far a training is, while somebody looks on. */
  private static final class Bar implements LabelCleaning.Progress, AutoCloseable {
    private final long seed;
    private TerminalBar bar = TerminalBar.none();

    Bar(long seed) {
      this.seed = seed;
    }

    @Override
    public void trainingStarted(String labels, int epochs) {
      close();
      bar = TerminalBar.of("seed " + seed + ", " + labels, epochs);
    }

    @Override
    public void epochDone() {
      bar.step();
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** Two trainings take a minute or two. */
  static final class Defaults implements IDefaultValueProvider {
    @Override
    public String defaultValue(ArgSpec argument) {
      return argument instanceof OptionSpec option && option.longestName().equals("--epochs")
          ? "30"
          : null;
    }
  }
}
