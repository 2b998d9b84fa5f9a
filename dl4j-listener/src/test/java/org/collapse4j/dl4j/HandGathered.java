package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.collapse4j.metric.Calibration;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Features and labels gathered by hand, element by element and in float64, and what they measure.
 * Knows nothing of the listener.
 */
final class HandGathered {
  private final ModelCase.Output output;
  private final List<double[]> features = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();
  private final List<double[]> logits = new ArrayList<>();

  HandGathered(ModelCase.Output output) {
    this.output = output;
  }

  /** Adds a batch: the activations before the output layer, and what the user hands over. */
  void add(INDArray activations, MultiDataSet batch, double[][] weights, double[] bias) {
    List<double[]> rows = rows(activations, output.features());
    INDArray given = batch.getLabels(output.index());
    List<double[]> labelRows = rows(given, output.labels());
    INDArray mask = batch.getLabelsMaskArray(output.index());
    List<double[]> maskRows = mask == null ? null : rows(mask, output.mask());
    for (int i = 0; i < rows.size(); i++) {
      double[] label = labelRows.get(i);
      if ((maskRows != null && maskRows.get(i)[0] == 0) || (label.length > 1 && isZero(label))) {
        continue;
      }
      features.add(rows.get(i));
      labels.add(label.length == 1 ? (int) label[0] : argMax(label));
      logits.add(weights == null ? rows.get(i) : times(rows.get(i), weights, bias));
    }
  }

  private static boolean isZero(double[] values) {
    for (double value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static int argMax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private static double[] times(double[] row, double[][] weights, double[] bias) {
    double[] product = bias.clone();
    for (int c = 0; c < product.length; c++) {
      for (int j = 0; j < row.length; j++) {
        product[c] += row[j] * weights[j][c];
      }
    }
    return product;
  }

  /** Every element of an array, in the order that a layout such as NCHW says. */
  static List<double[]> rows(INDArray array, String layout) {
    List<double[]> rows = new ArrayList<>();
    long[] shape = array.shape();
    INDArray values = array.castTo(DataType.DOUBLE);
    if (layout.equals("flat")) {
      INDArray flat = values.dup('c').reshape('c', shape[0], -1);
      for (int n = 0; n < shape[0]; n++) {
        rows.add(flat.getRow(n).toDoubleVector());
      }
      return rows;
    }
    int channel = layout.indexOf('C');
    long places = channel < 0 ? array.length() : array.length() / shape[channel];
    for (long place = 0; place < places; place++) {
      long[] at = new long[shape.length];
      long rest = place;
      for (int i = shape.length - 1; i >= 0; i--) {
        if (i != channel) {
          at[i] = rest % shape[i];
          rest /= shape[i];
        }
      }
      double[] row = new double[channel < 0 ? 1 : (int) shape[channel]];
      for (int c = 0; c < row.length; c++) {
        if (channel >= 0) {
          at[channel] = c;
        }
        row[c] = values.getDouble(at);
      }
      rows.add(row);
    }
    return rows;
  }

  ClassStatistics statistics() {
    ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.forClasses(output.classes());
    accumulator.observe(matrix(features), classIndices());
    return accumulator.snapshot();
  }

  private INDArray classIndices() {
    return Nd4j.createFromArray(labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private static INDArray matrix(List<double[]> rows) {
    return Nd4j.createFromArray(rows.toArray(double[][]::new));
  }

  /**
   * What these rows measure.
   *
   * @param weights one row a feature, of the classifier to compare with, or null
   * @param centres whose means are the class centres, or null
   */
  Measurements measure(double[][] weights, double[] bias, ClassStatistics centres) {
    Measurements values = NeuralCollapse.ofFeatures(statistics(), GlobalMean.SAMPLE);
    if (weights != null) {
      INDArray w = Nd4j.createFromArray(weights).transpose();
      INDArray b = Nd4j.createFromArray(bias);
      if (weights[0].length == 1) {
        w = Nd4j.vstack(w.mul(-0.5), w.mul(0.5));
        b = Nd4j.concat(0, b.mul(-0.5), b.mul(0.5));
      }
      values =
          values.and(
              NeuralCollapse.ofClassifier(statistics(), Classifier.of(w, b), GlobalMean.SAMPLE));
    }
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(output.classes(), centres);
    decisions.observe(matrix(features), twoColumns(matrix(logits)), classIndices());
    values = values.and(Calibration.of(decisions.snapshot()));
    return centres == null ? values : values.and(NeuralCollapse.ofDecisions(decisions.snapshot()));
  }

  private static INDArray twoColumns(INDArray z) {
    return z.columns() == 1 ? Nd4j.hstack(z.mul(-0.5), z.mul(0.5)) : z;
  }

  /** A parameter as numbers, or null. */
  static double[][] matrix(Map<String, INDArray> parameters, String key) {
    INDArray array = parameters.get(key);
    return array == null
        ? null
        : array.castTo(DataType.DOUBLE).reshape(-1, array.size(array.rank() - 1)).toDoubleMatrix();
  }
}
