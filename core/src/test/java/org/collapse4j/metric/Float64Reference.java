package org.collapse4j.metric;

import org.collapse4j.Examples;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Metrics written down as they are defined, for sets that are small enough for it. */
final class Float64Reference {
  private Float64Reference() {}

  /** {@code tr(S_W pinv(S_B))}, by the eigenvectors of S_B itself, for the mean over examples. */
  static double pinvTrace(Examples examples) {
    int n = examples.features().rows();
    int d = examples.features().columns();
    int[] labels = examples.labels().toIntVector();
    INDArray means = Nd4j.zeros(DataType.DOUBLE, examples.numClasses(), d);
    double[] counts = new double[examples.numClasses()];
    for (int i = 0; i < n; i++) {
      means.getRow(labels[i]).addi(examples.features().getRow(i));
      counts[labels[i]]++;
    }
    for (int c = 0; c < counts.length; c++) {
      means.getRow(c).divi(counts[c]);
    }
    INDArray deviations = examples.features().dup();
    for (int i = 0; i < n; i++) {
      deviations.getRow(i).subi(means.getRow(labels[i]));
    }
    INDArray within = deviations.transpose().mmul(deviations).div(n);
    INDArray centred = means.subRowVector(examples.features().mean(0));
    INDArray vectors = centred.transpose().mmul(centred).div(counts.length).dup('f');
    INDArray values = Nd4j.create(DataType.DOUBLE, d);
    Nd4j.getBlasWrapper().lapack().syev('V', 'U', vectors, values);
    double cutoff = Math.max(d, counts.length) * 0x1p-52 * values.maxNumber().doubleValue();
    double trace = 0;
    for (int j = 0; j < d; j++) {
      if (values.getDouble(j) > cutoff) {
        INDArray v = vectors.getColumn(j, true);
        trace += v.transpose().mmul(within).mmul(v).getDouble(0) / values.getDouble(j);
      }
    }
    return trace;
  }
}
