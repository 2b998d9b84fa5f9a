package org.collapse4j.samples.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.model.Architecture;
import org.collapse4j.samples.model.Cnn;
import org.collapse4j.samples.model.LossKind;
import org.collapse4j.samples.model.Mlp;
import org.collapse4j.samples.model.NetworkBuilder;
import org.collapse4j.samples.model.OpenMpThreads;
import org.collapse4j.samples.model.ResNet18;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Everything that decides how a training comes out: the data, the network, the loss, the noise, the
 * optimiser and the seed. Two trainings of equal {@link #parameters} on one machine are the same.
 * Immutable.
 */
public final class Hyperparameters {
  private static final Set<String> DATA_PARAMETERS =
      Set.of("noise", "noise.rate", "seed", "data", "classes", "examples.per.class");

  /** A copy of its own, in which nothing is open, and which nobody changes. */
  private final Builder chosen;

  private Hyperparameters(Builder options) {
    chosen = options.copy();
    Architecture model = chosen.model;
    if (chosen.widths == null) {
      chosen.widths = model.defaultWidths();
    }
    if (chosen.batchNorm == null) {
      chosen.batchNorm = model.defaultBatchNorm();
    }
    if (model == Architecture.RESNET18 && !(chosen.widths.isEmpty() && chosen.batchNorm)) {
      throw new IllegalArgumentException(
          "resnet18 has widths of its own and batch normalisation: leave these options out");
    }
    if (!chosen.loss.hasAlpha()) {
      chosen.alpha = 0;
    }
    if (chosen.drops == null) {
      chosen.drops = List.of(Math.max(1, 2 * chosen.epochs / 3));
    }
  }

  /** Starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** All of them as text, for a log: equal exactly if the trainings are the same. */
  public Map<String, String> parameters() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("loss", chosen.loss.toString());
    all.put("alpha", String.valueOf(chosen.alpha));
    all.put("noise", chosen.noise.toString());
    all.put("noise.rate", String.valueOf(chosen.noiseRate));
    all.put("seed", String.valueOf(chosen.seed));
    all.put("data", chosen.data);
    all.put("classes", chosen.classes.isEmpty() ? "all" : joined(chosen.classes));
    all.put(
        "examples.per.class",
        chosen.examplesPerClass == 0 ? "all" : String.valueOf(chosen.examplesPerClass));
    all.put("model", chosen.model.toString());
    all.put("widths", chosen.widths.isEmpty() ? "own" : joined(chosen.widths));
    all.put("batch.norm", String.valueOf(chosen.batchNorm));
    all.put("activation", chosen.activation.toString().toLowerCase(Locale.ROOT));
    all.put("epochs", String.valueOf(chosen.epochs));
    all.put("batch", String.valueOf(chosen.batch));
    all.put("learning.rate", String.valueOf(chosen.learningRate));
    all.put("learning.rate.drops", chosen.drops.isEmpty() ? "none" : joined(chosen.drops));
    all.put("momentum", String.valueOf(NetworkBuilder.MOMENTUM));
    all.put("weight.decay", String.valueOf(chosen.weightDecay));
    return Collections.unmodifiableMap(all);
  }

  /**
   * Those of the data and their noise, which are all that is known of a network trained elsewhere.
   */
  Map<String, String> dataParameters() {
    Map<String, String> kept = new LinkedHashMap<>(parameters());
    kept.keySet().retainAll(DATA_PARAMETERS);
    return Collections.unmodifiableMap(kept);
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Whether the trainings are the same. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Hyperparameters that && parameters().equals(that.parameters());
  }

  @Override
  public int hashCode() {
    return parameters().hashCode();
  }

  @Override
  public String toString() {
    return parameters().toString();
  }

  /** A name that tells this training from others in one log: what varies most, and a hash. */
  public String runName() {
    return String.format(
        Locale.ROOT,
        "%s%s-eta%s-seed%d-%08x",
        chosen.loss,
        chosen.loss.hasAlpha() ? String.valueOf(chosen.alpha) : "",
        chosen.noiseRate,
        chosen.seed,
        hashCode());
  }

  /**
   * The images of the classes, and as many as are asked for.
   *
   * @param images not modified
   * @throws IllegalArgumentException if there is no such class, or there are not as many images
   */
  public ImageData select(ImageData images) {
    ImageData ofClasses = chosen.classes.isEmpty() ? images : images.ofClasses(chosen.classes);
    return chosen.examplesPerClass == 0
        ? ofClasses
        : ofClasses.firstOfEachClass(chosen.examplesPerClass);
  }

  /** Small networks are trained faster, and always with the same bits, by one thread. */
  void chooseThreads() {
    if (chosen.model != Architecture.RESNET18) {
      OpenMpThreads.oneUnlessChosen();
    }
  }

  /** A new network for these images. */
  Model network(ImageData images) {
    return switch (chosen.model) {
      case MLP ->
          with(Mlp.builder(images.numPixels(), images.numClasses()))
              .widths(chosen.widths)
              .batchNorm(chosen.batchNorm)
              .build();
      case CNN ->
          with(Cnn.builder(images.channels(), images.height(), images.width(), images.numClasses()))
              .widths(chosen.widths)
              .batchNorm(chosen.batchNorm)
              .build();
      case RESNET18 ->
          with(ResNet18.builder(
                  images.channels(), images.height(), images.width(), images.numClasses()))
              .build();
    };
  }

  private <B extends NetworkBuilder<B>> B with(B network) {
    return network
        .activation(chosen.activation)
        .loss(chosen.loss.withAlpha(chosen.alpha))
        .learningRate(schedule())
        .weightDecay(chosen.weightDecay)
        .seed(chosen.seed);
  }

  private ISchedule schedule() {
    Map<Integer, Double> rates = new TreeMap<>();
    double rate = chosen.learningRate;
    rates.put(0, rate);
    for (int drop : chosen.drops) {
      rate /= 10;
      rates.put(drop, rate);
    }
    return new MapSchedule(ScheduleType.EPOCH, rates);
  }

  /** The noise of the training labels, seeded with {@link #seed}. */
  public LabelNoise noise(int numClasses) {
    return chosen.noise.of(numClasses, chosen.noiseRate).withSeed(chosen.seed);
  }

  /** Puts examples into the order they have in an epoch, from 1. */
  void shuffle(DataSet data, int epoch) {
    data.shuffle(chosen.seed * 1_000_003 + epoch);
  }

  /** The loss. */
  public LossKind loss() {
    return chosen.loss;
  }

  /** The alpha of the loss; 0 where it has none. */
  public double alpha() {
    return chosen.alpha;
  }

  /** The probability that a label is corrupted. */
  public double noiseRate() {
    return chosen.noiseRate;
  }

  /** The seed of weights, order and noise. */
  public long seed() {
    return chosen.seed;
  }

  /** The number of epochs. */
  public int epochs() {
    return chosen.epochs;
  }

  /** The number of examples of a batch. */
  int batch() {
    return chosen.batch;
  }

  /** The options; each is checked when it is set. */
  public static final class Builder implements Cloneable {
    private String data = "";
    private List<Integer> classes = List.of();
    private int examplesPerClass;
    private Architecture model = Architecture.MLP;
    private List<Integer> widths;
    private Boolean batchNorm;
    private Activation activation = Activation.RELU;
    private LossKind loss = LossKind.CE;
    private double alpha = 0.1;
    private NoiseKind noise = NoiseKind.UNIFORM;
    private double noiseRate;
    private long seed = 1;
    private int epochs = 40;
    private int batch = 128;
    private double learningRate = 0.05;
    private List<Integer> drops;
    private double weightDecay = 5e-4;

    private Builder() {}

    /** A builder of its own that begins with the same options. */
    Builder copy() {
      try {
        return (Builder) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }

    /** The name of the data set. */
    public Builder data(String name) {
      data = name;
      return this;
    }

    /** The classes that take part, which are numbered anew in this order; all if empty. */
    public Builder classes(List<Integer> chosen) {
      if (chosen.size() == 1) {
        throw new IllegalArgumentException("classes must be at least two, not " + chosen);
      }
      classes = List.copyOf(chosen);
      return this;
    }

    /** The number of training images of each class, the first ones; 0 for all. */
    public Builder examplesPerClass(int n) {
      if (n < 0) {
        throw new IllegalArgumentException("examples-per-class must be at least 0, not " + n);
      }
      examplesPerClass = n;
      return this;
    }

    /** The kind of network. */
    public Builder model(Architecture kind) {
      model = kind;
      return this;
    }

    /** The units of each fully connected hidden layer, at least one layer and 1 unit. */
    public Builder widths(List<Integer> units) {
      if (units.isEmpty()) {
        throw new IllegalArgumentException("widths must name at least one hidden layer");
      }
      units.forEach(n -> requirePositive("widths", n));
      widths = List.copyOf(units);
      return this;
    }

    /** Whether every hidden layer is normalised over the batch; null for the model's default. */
    public Builder batchNorm(Boolean enabled) {
      batchNorm = enabled;
      return this;
    }

    /** The activation of hidden layers. */
    public Builder activation(Activation function) {
      activation = function;
      return this;
    }

    /** The loss. */
    public Builder loss(LossKind kind) {
      loss = kind;
      return this;
    }

    /** The alpha of the loss, from 0 to below 1; of no effect where the loss has none. */
    public Builder alpha(double value) {
      if (!(value >= 0 && value < 1)) {
        throw new IllegalArgumentException("alpha must be from 0 to below 1, not " + value);
      }
      alpha = value;
      return this;
    }

    /** How training labels are corrupted; uniformly unless set. */
    public Builder noise(NoiseKind kind) {
      noise = kind;
      return this;
    }

    /** The probability that a training label is corrupted, from 0 to 1. */
    public Builder noiseRate(double rate) {
      if (!(rate >= 0 && rate <= 1)) {
        throw new IllegalArgumentException("noise-rate must be from 0 to 1, not " + rate);
      }
      noiseRate = rate;
      return this;
    }

    /** The seed of the weights, of the order of examples and of the noise. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** The number of epochs, at least 1. */
    public Builder epochs(int n) {
      epochs = requirePositive("epochs", n);
      return this;
    }

    /** The number of examples of a batch, at least 1. */
    public Builder batch(int n) {
      batch = requirePositive("batch", n);
      return this;
    }

    /** The learning rate of the first epoch, above 0. */
    public Builder learningRate(double rate) {
      if (!(rate > 0 && Double.isFinite(rate))) {
        throw new IllegalArgumentException("learning-rate must be above 0, not " + rate);
      }
      learningRate = rate;
      return this;
    }

    /**
     * The numbers of epochs after which the learning rate drops tenfold, increasing; after two
     * thirds of the epochs unless set.
     */
    public Builder drops(List<Integer> epochsBefore) {
      int before = 0;
      for (int drop : epochsBefore) {
        if (drop <= before) {
          throw new IllegalArgumentException(
              "drops must be epochs of increasing number from 1 on, not " + joined(epochsBefore));
        }
        before = drop;
      }
      drops = List.copyOf(epochsBefore);
      return this;
    }

    /** The factor of the squared parameters in the objective, halved; at least 0. */
    public Builder weightDecay(double factor) {
      if (!(factor >= 0 && Double.isFinite(factor))) {
        throw new IllegalArgumentException("weight-decay must be at least 0, not " + factor);
      }
      weightDecay = factor;
      return this;
    }

    private static int requirePositive(String option, int n) {
      if (n < 1) {
        throw new IllegalArgumentException(option + " must be at least 1, not " + n);
      }
      return n;
    }

    /** Everything that was set. */
    public Hyperparameters build() {
      return new Hyperparameters(this);
    }
  }
}
