package org.collapse4j.samples.model;

import java.util.Locale;
import org.collapse4j.dl4j.loss.LossLabelRelaxation;
import org.collapse4j.dl4j.loss.LossLabelSmoothing;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** The losses that the experiments compare, under the names they have in logs and options. */
public enum LossKind {
  /** Cross-entropy, DL4J's own; it has no alpha. */
  CE,
  /** Label smoothing. */
  LS,
  /** Label relaxation. */
  LR;

  /**
   * The loss function.
   *
   * @param alpha from 0 to below 1; not looked at by {@link #CE}
   * @throws IllegalArgumentException if alpha is out of range
   */
  public ILossFunction withAlpha(double alpha) {
    return switch (this) {
      case CE -> new LossMCXENT();
      case LS -> new LossLabelSmoothing(alpha);
      case LR -> new LossLabelRelaxation(alpha);
    };
  }

  /** Whether there is an alpha to choose. */
  public boolean hasAlpha() {
    return this != CE;
  }

  /** The name in logs: {@code ce}, {@code ls} or {@code lr}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
