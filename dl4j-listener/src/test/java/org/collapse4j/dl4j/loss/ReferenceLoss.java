package org.collapse4j.dl4j.loss;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The losses written from their definitions, an element at a time in float64. */
final class ReferenceLoss {
  private final double[][] scores;
  private final double[][] gradients;

  private ReferenceLoss(int rows, int classes) {
    scores = new double[rows][1];
    gradients = new double[rows][classes];
  }

  /** {@code -sum_c w_c q_c log p_c} with {@code q = (1 - alpha) t + alpha u}. */
  static ReferenceLoss smoothing(
      INDArray labels, INDArray logits, double alpha, double[] prior, double[] weights) {
    return smoothing(labels, logits, alpha, prior, weights, Nd4j.onesLike(logits));
  }

  /** {@code -sum_c m_c w_c q_c log p_c} with a mask m of single outputs. */
  static ReferenceLoss smoothing(
      INDArray labels,
      INDArray logits,
      double alpha,
      double[] prior,
      double[] weights,
      INDArray elementMask) {
    int n = logits.rows();
    int k = logits.columns();
    ReferenceLoss loss = new ReferenceLoss(n, k);
    for (int i = 0; i < n; i++) {
      double[] logP = logSoftmax(logits, i);
      double total = 0;
      double[] q = new double[k];
      for (int c = 0; c < k; c++) {
        double u = prior == null ? 1.0 / k : prior[c];
        q[c] =
            elementMask.getDouble(i, c)
                * (weights == null ? 1 : weights[c])
                * ((1 - alpha) * labels.getDouble(i, c) + alpha * u);
        total += q[c];
        if (q[c] != 0) {
          loss.scores[i][0] -= q[c] * logP[c];
        }
      }
      for (int c = 0; c < k; c++) {
        loss.gradients[i][c] = Math.exp(logP[c]) * total - q[c];
      }
    }
    return loss;
  }

  /** Zero where {@code p_y >= 1 - alpha}, else the divergence from the closest relaxed target. */
  static ReferenceLoss relaxation(
      INDArray labels, INDArray logits, double alpha, double[] weights) {
    int n = logits.rows();
    int k = logits.columns();
    ReferenceLoss loss = new ReferenceLoss(n, k);
    for (int i = 0; i < n; i++) {
      int y = 0;
      while (labels.getDouble(i, y) != 1) {
        y++;
      }
      double w = weights == null ? 1 : weights[y];
      double[] logP = logSoftmax(logits, i);
      double others = 0;
      for (int c = 0; c < k; c++) {
        others += c == y ? 0 : Math.exp(logP[c]);
      }
      if (others <= alpha) {
        continue;
      }
      loss.scores[i][0] =
          w
              * ((1 - alpha) * (Math.log(1 - alpha) - logP[y])
                  + (alpha == 0 ? 0 : alpha * Math.log(alpha / others)));
      for (int c = 0; c < k; c++) {
        double p = Math.exp(logP[c]);
        double q = c == y ? 1 - alpha : alpha * p / others;
        loss.gradients[i][c] = w * (p - q);
      }
    }
    return loss;
  }

  private static double[] logSoftmax(INDArray logits, int row) {
    double[] z = new double[logits.columns()];
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < z.length; c++) {
      z[c] = logits.getDouble(row, c);
      max = Math.max(max, z[c]);
    }
    double sum = 0;
    for (double value : z) {
      sum += Math.exp(value - max);
    }
    for (int c = 0; c < z.length; c++) {
      z[c] -= max + Math.log(sum);
    }
    return z;
  }

  /** Multiplies each row by its mask. */
  ReferenceLoss masked(INDArray mask) {
    for (int i = 0; i < scores.length; i++) {
      scores[i][0] *= mask.getDouble(i);
      for (int c = 0; c < gradients[i].length; c++) {
        gradients[i][c] *= mask.getDouble(i);
      }
    }
    return this;
  }

  INDArray scores() {
    return Nd4j.createFromArray(scores);
  }

  double sum() {
    double sum = 0;
    for (double[] score : scores) {
      sum += score[0];
    }
    return sum;
  }

  INDArray gradients() {
    return Nd4j.createFromArray(gradients);
  }
}
