package org.collapse4j.anymodel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.collapse4j.anymodel.RandomData.Labels;
import org.collapse4j.anymodel.RandomData.Shape;
import org.collapse4j.dl4j.BatchesIterator;
import org.collapse4j.samediff.SameDiffListener;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** A SameDiff graph that nobody chose, with data to train it on; the same for the same seed. */
final class RandomGraph extends RandomTraining<SameDiff, SameDiffListener.Builder>
    implements RandomTraining.Place<SameDiff> {
  /** What labels are. */
  private enum Kind {
    ONE_HOT,
    INDICES,
    /** Zeros and ones for a single unit. */
    UNIT
  }

  /** Where the weights of the classifier are. */
  private enum Weights {
    /** {@code [d, K]}. */
    BY_CLASS_COLUMNS,
    /** {@code [K, d]}. */
    BY_CLASS_ROWS,
    /** The output of an operation. */
    COMPUTED,
    /** Not named to the listener. */
    UNKNOWN
  }

  private static final int STEPS_UNKNOWN = -1;

  private final long seed;
  private final StringBuilder description = new StringBuilder();
  private final DataType type;
  private final int classes;
  private final Shape shape;
  private final boolean perStep;
  private final Kind kind;
  private final Weights weights;
  private final boolean bias;
  private final boolean masked;
  private final boolean draws;
  private final boolean bare;
  private final int channels;
  private final int width;
  private final RandomData data;
  private final List<MultiDataSet> training;
  private final List<MultiDataSet> heldOut;
  private final List<MultiDataSet> other;

  RandomGraph(long seed) {
    this.seed = seed;
    Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    type = random.nextInt(3) == 0 ? DataType.DOUBLE : DataType.FLOAT;
    shape = List.of(Shape.VECTORS, Shape.IMAGES, Shape.SEQUENCES).get(random.nextInt(3));
    perStep = shape == Shape.SEQUENCES && random.nextBoolean();
    int drawnClasses = 2 + random.nextInt(6);
    int which = random.nextInt(4);
    kind =
        perStep || which < 2
            ? Kind.ONE_HOT
            : which == 2 || drawnClasses > 2 ? Kind.INDICES : Kind.UNIT;
    classes = kind == Kind.UNIT ? 2 : drawnClasses;
    masked = perStep || (kind == Kind.ONE_HOT && random.nextInt(3) == 0);
    channels = shape == Shape.IMAGES ? 1 + random.nextInt(2) : 2 + random.nextInt(6);
    bare = shape == Shape.VECTORS && random.nextInt(4) == 0;
    width = bare ? channels : 1 + random.nextInt(10);
    Weights drawn = List.of(Weights.values()).get(random.nextInt(4));
    boolean needsWeights = kind != Kind.ONE_HOT;
    boolean ambiguous = width == (kind == Kind.UNIT ? 1 : classes);
    weights =
        (drawn == Weights.UNKNOWN && needsWeights) || (drawn == Weights.BY_CLASS_ROWS && ambiguous)
            ? Weights.BY_CLASS_COLUMNS
            : drawn;
    bias = random.nextInt(4) != 0;
    draws = !bare && random.nextInt(4) == 0;
    Labels labels = new Labels(classes, kind == Kind.UNIT, perStep, masked);
    boolean masks = shape == Shape.SEQUENCES && perStep;
    data = new RandomData(random, shape, 1, channels, masks, List.of(labels), type);
    if (random.nextInt(4) == 0) {
      description.append("a class absent, ");
      data.leaveOut(1);
    }
    int batch = 5 + random.nextInt(12);
    training = adapted(data.batches(2 * batch + 2 + random.nextInt(batch - 2), batch));
    heldOut = adapted(data.batches(15 + random.nextInt(11), 13));
    other = adapted(data.batches(6 + random.nextInt(8), 5));
    description
        .append(type + " graph of " + shape + (perStep ? " with labels of each step" : ""))
        .append(bare ? ", the input is the features" : ", " + width + " features")
        .append(", " + kind + " of " + classes + ", weights " + weights)
        .append(bias ? ", with bias" : ", without bias")
        .append(masked ? ", masked labels" : "")
        .append(draws ? ", drawing in inference" : "")
        .append(", " + data.description());
  }

  /** Classes in the last dimension, no feature masks, and indices where they are wanted. */
  private List<MultiDataSet> adapted(List<MultiDataSet> batches) {
    List<MultiDataSet> adapted = new ArrayList<>();
    for (MultiDataSet batch : batches) {
      INDArray labels = batch.getLabels(0);
      if (perStep) {
        labels = labels.permute(0, 2, 1).dup('c');
      } else if (kind == Kind.INDICES) {
        labels = labels.argMax(1).castTo(DataType.INT32);
      }
      adapted.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              batch.getFeatures(),
              new INDArray[] {labels},
              null,
              masked ? batch.getLabelsMaskArrays() : null));
    }
    return adapted;
  }

  @Override
  long seed() {
    return seed;
  }

  @Override
  DataType type() {
    return type;
  }

  @Override
  boolean draws() {
    return draws;
  }

  boolean hasClassifier() {
    return weights != Weights.UNKNOWN;
  }

  @Override
  List<MultiDataSet> training() {
    return training;
  }

  @Override
  List<MultiDataSet> heldOut() {
    return heldOut;
  }

  @Override
  List<MultiDataSet> other() {
    return other;
  }

  /** The variable that has the features. */
  @Override
  public String name() {
    return bare ? "in" : "features";
  }

  @Override
  List<Place<SameDiff>> places() {
    return List.of(this);
  }

  @Override
  List<Place<SameDiff>> draw(Random random, SameDiffListener.Builder options) {
    return places();
  }

  @Override
  public String toString() {
    return "seed " + seed + ": " + description;
  }

  // The graph.

  private static final class Initial {
    private final SameDiff graph;
    private final Random random;
    private final DataType type;
    private int count;

    Initial(SameDiff graph, long seed, DataType type) {
      this.graph = graph;
      this.random = new Random(seed);
      this.type = type;
    }

    SDVariable variable(String name, long... shape) {
      INDArray values = Nd4j.create(type, shape);
      INDArray flat = values.reshape(values.length());
      for (int i = 0; i < flat.length(); i++) {
        flat.putScalar(i, (float) (random.nextGaussian() * 0.5));
      }
      return graph.var(name, values);
    }

    SDVariable variable(long... shape) {
      return variable("v" + count++, shape);
    }
  }

  @Override
  SameDiff build() {
    Random random = new Random(seed + 17);
    SameDiff graph = SameDiff.create();
    Initial initial = new Initial(graph, seed, type);
    long[] input =
        switch (shape) {
          case VECTORS -> new long[] {-1, channels};
          case SEQUENCES -> new long[] {-1, channels, data.steps()};
          default -> new long[] {-1, channels, data.side(), data.side()};
        };
    SDVariable in = graph.placeHolder("in", type, input);
    SDVariable features = bare ? in : hidden(graph, initial, rows(graph, initial, in), random);
    SDVariable rows = features;
    if (!bare && perStep) {
      features = graph.reshape("features", features, -1, data.steps(), width);
      rows = features.reshape(-1, width);
    } else {
      rows = features;
    }
    SDVariable logits = rows.mmul(classifier(graph, initial));
    if (bias) {
      logits = logits.add(initial.variable("bias", kind == Kind.UNIT ? 1 : classes));
    }
    loss(graph, graph.identity("logits", logits));
    IUpdater updater =
        List.of(new Sgd(0.1), new Nesterovs(0.05, 0.9), new Adam(0.02)).get(random.nextInt(3));
    TrainingConfig.Builder configuration =
        new TrainingConfig.Builder()
            .updater(updater)
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("labels");
    if (masked) {
      configuration.dataSetLabelMaskMapping("mask");
    }
    graph.setTrainingConfig(configuration.build());
    return graph;
  }

  /** A row of numbers an example, or a step. */
  private SDVariable rows(SameDiff graph, Initial initial, SDVariable in) {
    return switch (shape) {
      case VECTORS -> in;
      case SEQUENCES ->
          perStep
              ? in.permute(0, 2, 1).reshape(STEPS_UNKNOWN, channels)
              : graph.math.tanh(in).mean(2);
      default -> {
        SDVariable kernel = initial.variable(3, 3, channels, 3);
        Conv2DConfig same =
            Conv2DConfig.builder().kH(3).kW(3).sH(1).sW(1).paddingMode(PaddingMode.SAME).build();
        SDVariable maps = graph.math.tanh(graph.cnn.conv2d(in, kernel, same));
        yield seed % 2 == 0 ? maps.mean(2, 3) : maps.reshape(-1, 3L * data.side() * data.side());
      }
    };
  }

  private int rowWidth() {
    return shape == Shape.IMAGES ? (seed % 2 == 0 ? 3 : 3 * data.side() * data.side()) : channels;
  }

  private SDVariable hidden(SameDiff graph, Initial initial, SDVariable rows, Random random) {
    SDVariable last = rows;
    int in = rowWidth();
    int layers = random.nextInt(3);
    for (int i = 0; i < layers; i++) {
      int out = 2 + random.nextInt(8);
      SDVariable next = last.mmul(initial.variable(in, out)).add(initial.variable(out));
      next = random.nextBoolean() ? graph.math.tanh(next) : graph.nn.relu(next, 0);
      last = random.nextInt(3) == 0 && in == out ? last.add(next) : next;
      if (random.nextInt(3) == 0) {
        last = graph.concat(1, last, graph.math.sin(last));
        out *= 2;
      }
      in = out;
    }
    last = last.mmul(initial.variable(in, width)).add(initial.variable(width));
    if (draws) {
      last = last.add(graph.random.normal("noise", 0.0, 0.5, type, width));
    }
    String name = perStep ? "rows" : "features";
    return switch (random.nextInt(4)) {
      case 0 -> graph.nn.elu(name, last);
      case 1 -> graph.nn.relu(name, last, 0);
      case 2 -> graph.nn.sigmoid(name, last);
      default -> graph.math.tanh(name, last);
    };
  }

  private SDVariable classifier(SameDiff graph, Initial initial) {
    int units = kind == Kind.UNIT ? 1 : classes;
    return switch (weights) {
      case BY_CLASS_ROWS -> initial.variable("weights", units, width).permute(1, 0);
      case COMPUTED -> graph.math.tanh("weights", initial.variable("raw", width, units));
      default -> initial.variable("weights", width, units);
    };
  }

  private void loss(SameDiff graph, SDVariable logits) {
    SDVariable losses;
    if (kind == Kind.UNIT) {
      SDVariable labels = graph.placeHolder("labels", type, -1, 1);
      graph.loss.sigmoidCrossEntropy("loss", labels, logits, null).markAsLoss();
      return;
    }
    if (kind == Kind.INDICES) {
      SDVariable labels = graph.placeHolder("labels", DataType.INT32, -1);
      losses = graph.loss.sparseSoftmaxCrossEntropy(logits, labels);
    } else {
      SDVariable labels =
          perStep
              ? graph.placeHolder("labels", type, -1, data.steps(), classes)
              : graph.placeHolder("labels", type, -1, classes);
      SDVariable rows = perStep ? labels.reshape(-1, classes) : labels;
      losses = graph.nn.logSoftmax(logits).mul(rows).sum(1).neg();
    }
    if (masked) {
      SDVariable mask =
          perStep
              ? graph.placeHolder("mask", type, -1, data.steps())
              : graph.placeHolder("mask", type, -1, 1);
      losses = losses.mul(mask.reshape(-1));
    }
    losses.sum("loss").markAsLoss();
  }

  @Override
  SameDiffListener.Builder options() {
    SameDiffListener.Builder listener = SameDiffListener.builder(name(), "labels");
    return weights == Weights.UNKNOWN
        ? listener
        : listener.classifier("weights", bias ? "bias" : null);
  }

  @Override
  LongSupplier listen(SameDiff graph, SameDiffListener.Builder options) {
    SameDiffListener listener = options.build();
    graph.setListeners(listener);
    return listener::failureCount;
  }

  @Override
  void fit(SameDiff graph) {
    Nd4j.getRandom().setSeed(seed);
    graph.fit(new BatchesIterator(training), EPOCHS);
  }

  // What the test gathers itself.

  @Override
  Map<String, INDArray> parameters(SameDiff graph) {
    Map<String, INDArray> copies = new TreeMap<>();
    for (SDVariable variable : graph.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE) {
        copies.put(variable.name(), variable.getArr().dup('c').detach());
      }
    }
    return copies;
  }

  @Override
  SameDiff with(Map<String, INDArray> variables) {
    SameDiff graph = build();
    variables.forEach((name, values) -> graph.getVariable(name).setArray(values.dup('c')));
    return graph;
  }

  private static INDArray run(SameDiff graph, MultiDataSet batch, String variable) {
    Map<String, INDArray> placeholders = new HashMap<>();
    placeholders.put("in", batch.getFeatures(0));
    return variable.equals("in")
        ? batch.getFeatures(0)
        : graph.output(placeholders, variable).get(variable);
  }

  private static double[] elements(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }

  private List<double[]> split(INDArray array, int columns) {
    double[] all = elements(array);
    List<double[]> rows = new ArrayList<>();
    for (int from = 0; from < all.length; from += columns) {
      rows.add(Arrays.copyOfRange(all, from, from + columns));
    }
    return rows;
  }

  /** What the labelled rows of some batches measure. */
  @Override
  public Float64Reference reference(SameDiff graph, List<MultiDataSet> batches) {
    List<double[]> features = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<double[]> logits = new ArrayList<>();
    int units = kind == Kind.UNIT ? 1 : classes;
    for (MultiDataSet batch : batches) {
      List<double[]> rows = split(run(graph, batch, name()), width);
      List<double[]> answers = split(run(graph, batch, "logits"), units);
      List<double[]> given = split(batch.getLabels(0), kind == Kind.ONE_HOT ? classes : 1);
      double[] mask = masked ? elements(batch.getLabelsMaskArray(0)) : null;
      for (int i = 0; i < rows.size(); i++) {
        boolean labelled = kind != Kind.ONE_HOT || Arrays.stream(given.get(i)).sum() > 0;
        if (labelled && (mask == null || mask[i] != 0)) {
          features.add(rows.get(i));
          labels.add(kind == Kind.ONE_HOT ? largest(given.get(i)) : (int) given.get(i)[0]);
          logits.add(answers.get(i));
        }
      }
    }
    Float64Reference reference =
        new Float64Reference(
            features.toArray(double[][]::new),
            labels.stream().mapToInt(Integer::intValue).toArray(),
            classes);
    if (hasClassifier()) {
      reference.classifier(weights(graph), bias(graph, units));
      checkLogits(reference, logits);
    }
    return reference;
  }

  private static int largest(double[] label) {
    int best = 0;
    for (int c = 1; c < label.length; c++) {
      best = label[c] > label[best] ? c : best;
    }
    return best;
  }

  /** By what the graph computes them from, one row a class. */
  private double[][] weights(SameDiff graph) {
    boolean computed = weights == Weights.COMPUTED;
    INDArray w = graph.getVariable(computed ? "raw" : "weights").getArr();
    int units = kind == Kind.UNIT ? 1 : classes;
    double[][] rows = new double[units][width];
    for (int c = 0; c < units; c++) {
      for (int j = 0; j < width; j++) {
        double element = weights == Weights.BY_CLASS_ROWS ? w.getDouble(c, j) : w.getDouble(j, c);
        rows[c][j] = computed ? tanh(element) : element;
      }
    }
    return kind == Kind.UNIT ? twoClasses(rows[0]) : rows;
  }

  /** As the graph computes it, rounded to its type. */
  private double tanh(double element) {
    return Nd4j.math.tanh(Nd4j.scalar(type, element)).getDouble(0);
  }

  private double[] bias(SameDiff graph, int units) {
    double[] b = bias ? elements(graph.getVariable("bias").getArr()) : new double[units];
    return kind == Kind.UNIT ? new double[] {-b[0] / 2, b[0] / 2} : b;
  }

  /** A sigmoid of z is a softmax of -z/2 and z/2. */
  private static double[][] twoClasses(double[] row) {
    return new double[][] {
      Arrays.stream(row).map(x -> -x / 2).toArray(), Arrays.stream(row).map(x -> x / 2).toArray()
    };
  }

  /** That these rows and weights are those of the graph is known from its logits. */
  private void checkLogits(Float64Reference reference, List<double[]> logits) {
    for (int i = 0; i < logits.size(); i++) {
      double[] expected = reference.logits(i);
      double[] actual = logits.get(i);
      for (int c = 0; c < actual.length; c++) {
        double own = kind == Kind.UNIT ? expected[1] - expected[0] : expected[c];
        if (Math.abs(own - actual[c]) > 1e-3 * Math.max(1, Math.abs(own))) {
          throw new AssertionError("logit by the test's own rows " + own + ", not " + actual[c]);
        }
      }
    }
  }

  /** The mean features, whatever the labels. */
  @Override
  public double[] mean(SameDiff graph, List<MultiDataSet> batches) {
    double[] mean = new double[width];
    int count = 0;
    for (MultiDataSet batch : batches) {
      for (double[] row : split(run(graph, batch, name()), width)) {
        count++;
        for (int j = 0; j < width; j++) {
          mean[j] += row[j];
        }
      }
    }
    int rows = count;
    return Arrays.stream(mean).map(sum -> sum / rows).toArray();
  }
}
