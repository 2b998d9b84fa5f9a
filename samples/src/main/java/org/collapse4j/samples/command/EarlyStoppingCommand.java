package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.EarlyStoppingComparison;
import org.collapse4j.samples.experiment.EarlyStoppingComparison.Outcome;
import org.collapse4j.samples.experiment.Hyperparameters;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code early-stopping}: what stopping on held-out dilation keeps, against the last epoch. */
@Command(
    name = "early-stopping",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example:", "  collapse4j early-stopping --noise-rate 0.4 --epochs 30"},
    description = {
      "Compares what early stopping keeps with the last epoch, on labels that are "
          + "partly wrong.",
      "It stops once on held-out dilation and once on held-out nc1; the accuracies are "
          + "those of held-out images that neither training nor stopping has seen."
    })
public final class EarlyStoppingCommand implements Callable<Integer> {
  private static final TextTable TABLE = TextTable.ofWidths("lr", 17, 4, 10, 9, 13, 13, 10);

  @Spec private CommandSpec spec;

  @Mixin private LossOptions lossOptions;

  @Option(
      names = "--noise-rate",
      paramLabel = "ETA",
      defaultValue = "0.4",
      description =
          "probability that a training label is drawn anew over all classes"
              + " (default: ${DEFAULT-VALUE})")
  private double noiseRate;

  @Option(
      names = "--seeds",
      paramLabel = "S",
      split = ",",
      defaultValue = "1,2,3,4,5",
      description = "seeds of weights, order and noise (default: ${DEFAULT-VALUE})")
  private List<Long> seeds;

  @Mixin private TrainingOptions training;

  @Override
  public Integer call() throws IOException {
    Hyperparameters.Builder options =
        lossOptions.set(training.hyperparameters()).noiseRate(noiseRate);
    PrintWriter out = spec.commandLine().getOut();
    ImageData images = training.images(out);
    options.data(images.name());
    out.println(
        TABLE.line(
            List.of(
                "score",
                "seed",
                "epoch kept",
                "of epochs",
                "accuracy kept",
                "accuracy last",
                "difference")));
    for (Metric score : EarlyStoppingComparison.SCORES) {
      SummaryStatistics gains = new SummaryStatistics();
      for (long seed : seeds) {
        Outcome outcome =
            new EarlyStoppingComparison(options.seed(seed).build(), images).run(score);
        gains.addValue(outcome.keptAccuracy() - outcome.lastAccuracy());
        print(out, seed, outcome);
      }
      String deviation =
          gains.getN() < 2
              ? ""
              : String.format(
                  Locale.ROOT, ", standard deviation %.4f", gains.getStandardDeviation());
      out.printf(
          Locale.ROOT, "%-18s mean difference %+.4f%s%n", score.key(), gains.getMean(), deviation);
      out.flush();
    }
    return 0;
  }

  private static void print(PrintWriter out, long seed, Outcome outcome) {
    double gain = outcome.keptAccuracy() - outcome.lastAccuracy();
    out.println(
        TABLE.line(
            List.of(
                outcome.score().key(),
                String.valueOf(seed),
                String.valueOf(outcome.keptEpoch()),
                String.valueOf(outcome.lastEpoch()),
                TextTable.share(outcome.keptAccuracy()),
                TextTable.share(outcome.lastAccuracy()),
                String.format(Locale.ROOT, "%+.4f", gain))));
    out.flush();
  }
}
