package org.collapse4j.dl4j.loss;

import java.util.List;
import java.util.Map;
import org.collapse4j.dl4j.OutputLayerKind;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Moves the alpha of the losses of a network along their schedules. DL4J tells a loss neither
 * iteration nor epoch; this listener does, in each forward pass of training, before the loss is
 * computed:
 *
 * <pre>{@code
 * network.addListeners(new AlphaScheduleListener());
 * }</pre>
 *
 * <p>Place and alpha come from the network's own counts, so that a network which was saved, loaded
 * and given this listener again goes on where it stopped. It holds no state: one will do for many
 * networks, and for the threads of a {@code ParallelWrapper}. Losses without a schedule are left
 * alone.
 *
 * <p>Limits: listeners are not saved with a model, so add it after loading. Without it alpha stays
 * at the value for iteration 0 of epoch 0, which is logged once. A score computed outside training
 * uses the alpha of the last iteration trained in this process. Networks that share one loss object
 * share its place, as a network and its {@code clone()} do, which DL4J gives the same one.
 *
 * <p>A schedule that leaves [0, 1) ends the training with an {@link IllegalArgumentException}:
 * there is no such loss.
 */
public final class AlphaScheduleListener extends BaseTrainingListener {
  @Override
  public void onForwardPass(Model model, List<INDArray> activations) {
    move(model);
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> activations) {
    move(model);
  }

  private static void move(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      move(network.getLayers(), network.getIterationCount(), network.getEpochCount());
    } else if (model instanceof ComputationGraph graph) {
      move(
          graph.getLayers(),
          graph.getConfiguration().getIterationCount(),
          graph.getConfiguration().getEpochCount());
    }
  }

  private static void move(Layer[] layers, int iteration, int epoch) {
    for (Layer layer : layers) {
      ILossFunction used = OutputLayerKind.lossOf(layer.conf().getLayer()).orElse(null);
      if (used instanceof SoftmaxLoss loss) {
        loss.moveTo(iteration, epoch);
      }
    }
  }
}
