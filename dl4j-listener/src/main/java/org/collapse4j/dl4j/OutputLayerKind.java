package org.collapse4j.dl4j;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The kinds of output layers that DL4J has: how their arrays are laid out, where their loss is, and
 * whether they have weights of their own. DL4J gives them no common type that tells.
 */
public final class OutputLayerKind {
  private static final List<Kind<?>> KINDS =
      List.of(
          new Kind<>(
              RnnOutputLayer.class,
              layer -> steps(layer.getRnnDataFormat()),
              RnnOutputLayer::getLossFn,
              false),
          new Kind<>(
              RnnLossLayer.class,
              layer -> steps(layer.getRnnDataFormat()),
              RnnLossLayer::getLossFn,
              true),
          new Kind<>(
              CnnLossLayer.class,
              layer -> layout(RowLayout.Unit.PIXEL, layer.getFormat() == CNN2DFormat.NHWC),
              CnnLossLayer::getLossFn,
              true),
          new Kind<>(
              Cnn3DLossLayer.class,
              layer ->
                  layout(
                      RowLayout.Unit.VOXEL,
                      layer.getDataFormat() == Convolution3D.DataFormat.NDHWC),
              Cnn3DLossLayer::getLossFn,
              true),
          new Kind<>(LossLayer.class, layer -> RowLayout.EXAMPLES, LossLayer::getLossFn, true),
          new Kind<>(
              BaseOutputLayer.class,
              layer -> RowLayout.EXAMPLES,
              BaseOutputLayer::getLossFn,
              false));

  private final RowLayout layout;
  private final ILossFunction loss;
  private final boolean lossOnly;

  private OutputLayerKind(RowLayout layout, ILossFunction loss, boolean lossOnly) {
    this.layout = layout;
    this.loss = loss;
    this.lossOnly = lossOnly;
  }

  private static RowLayout steps(RNNFormat format) {
    return layout(RowLayout.Unit.STEP, format == RNNFormat.NWC);
  }

  private static RowLayout layout(RowLayout.Unit unit, boolean channelsLast) {
    return new RowLayout(unit, channelsLast);
  }

  /**
   * What a configuration tells; of a kind that is a user's own, as of one with a label an example.
   */
  static OutputLayerKind of(Layer configuration) {
    return KINDS.stream()
        .flatMap(kind -> kind.read(configuration).stream())
        .findFirst()
        .orElseGet(() -> new OutputLayerKind(RowLayout.EXAMPLES, null, false));
  }

  /** The loss of a layer; empty if it is no output layer, or of a kind that is a user's own. */
  public static Optional<ILossFunction> lossOf(Layer configuration) {
    return of(configuration).loss();
  }

  RowLayout layout() {
    return layout;
  }

  Optional<ILossFunction> loss() {
    return Optional.ofNullable(loss);
  }

  /** Whether the layer has no weights, so that its features are its logits. */
  boolean isLossOnly() {
    return lossOnly;
  }

  /**
   * A row of the table.
   *
   * @param type of the configuration; the first row that fits counts
   */
  private record Kind<L extends Layer>(
      Class<L> type,
      Function<L, RowLayout> layout,
      Function<L, ILossFunction> loss,
      boolean lossOnly) {
    Optional<OutputLayerKind> read(Layer configuration) {
      return Optional.of(configuration)
          .filter(type::isInstance)
          .map(type::cast)
          .map(its -> new OutputLayerKind(layout.apply(its), loss.apply(its), lossOnly));
    }
  }
}
