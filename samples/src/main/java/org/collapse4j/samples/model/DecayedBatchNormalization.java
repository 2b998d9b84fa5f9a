package org.collapse4j.samples.model;

import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Batch normalisation whose scale and shift are decayed like weights. DL4J's own leaves them out of
 * every regularisation, while the weight decay of other frameworks is on every parameter; with
 * penultimate features right behind a normalisation, its scale is what bounds them.
 */
public final class DecayedBatchNormalization extends BatchNormalization {
  private static final long serialVersionUID = 1L;

  /** For {@link #of} and for reading a saved network. */
  public DecayedBatchNormalization() {
    setDecay(0.9);
    setEps(1e-5);
    setMinibatch(true);
    setGamma(1);
    setBeta(0);
    setCudnnAllowFallback(true);
    setCnn2DFormat(CNN2DFormat.NCHW);
  }

  /** A layer of so many units or channels; regularisation and updater are those of the network. */
  static DecayedBatchNormalization of(int units) {
    DecayedBatchNormalization layer = new DecayedBatchNormalization();
    layer.setNIn(units);
    layer.setNOut(units);
    return layer;
  }

  @Override
  public List<Regularization> getRegularizationByParam(String parameter) {
    boolean learned =
        parameter.equals(BatchNormalizationParamInitializer.GAMMA)
            || parameter.equals(BatchNormalizationParamInitializer.BETA);
    return learned ? getRegularization() : null;
  }
}
