package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.collapse4j.stats.Classifier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/** A {@link MultiLayerNetwork}: activations are a list, whose element 0 is the network's input. */
final class MeasuredMultiLayerNetwork implements MeasuredNetwork {
  private final MultiLayerNetwork network;

  MeasuredMultiLayerNetwork(MultiLayerNetwork network) {
    if (!(network.getOutputLayer() instanceof IOutputLayer)) {
      throw new IllegalArgumentException(
          "The network's last layer must be an output layer to be measured, not "
              + network.getOutputLayer().conf().getLayer().getClass().getSimpleName());
    }
    this.network = network;
  }

  @Override
  public Model model() {
    return network;
  }

  @Override
  public List<FeaturePoint> outputs() {
    return List.of(new FeaturePoint(name(last()), 0, true));
  }

  @Override
  public FeaturePoint layer(String nameOrIndex) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i <= last(); i++) {
      if (nameOrIndex.equals(name(i)) || nameOrIndex.equals(String.valueOf(i))) {
        return new FeaturePoint(name(i), 0, i == last());
      }
      names.add(name(i));
    }
    throw new IllegalArgumentException(
        "There is no layer \"" + nameOrIndex + "\"; the layers are " + String.join(", ", names));
  }

  private int last() {
    return network.getnLayers() - 1;
  }

  private String name(int index) {
    String name = network.getLayer(index).conf().getLayer().getLayerName();
    return name == null ? String.valueOf(index) : name;
  }

  private int index(FeaturePoint point) {
    for (int i = 0; i <= last(); i++) {
      if (point.layer().equals(name(i))) {
        return i;
      }
    }
    throw new IllegalArgumentException("There is no layer \"" + point.layer() + "\" any more");
  }

  @Override
  public int numClasses(int output) {
    return OutputLayers.numClasses(network.getOutputLayer());
  }

  @Override
  public Classifier classifier(int output) {
    return OutputLayers.classifier(network.getOutputLayer());
  }

  @Override
  public INDArray features(FeaturePoint point, Activations activations) {
    if (!point.classified()) {
      return activations.byPosition().get(index(point) + 1);
    }
    INDArray features = activations.byPosition().get(last());
    InputPreProcessor preProcessor =
        network.getLayerWiseConfigurations().getInputPreProcess(last());
    return preProcessor == null
        ? features
        : preProcessor.preProcess(
            features.dup(), (int) activations.examples(), LayerWorkspaceMgr.noWorkspaces());
  }

  @Override
  public INDArray labels(int output) {
    return network.getLabels();
  }

  @Override
  public INDArray labelMask(int output) {
    return network.getOutputLayer().getMaskArray();
  }

  @Override
  public Activations infer(DataSet batch) {
    INDArray inputBefore = network.getInput();
    network.setLayerMaskArrays(batch.getFeaturesMaskArray(), null);
    try {
      List<INDArray> activations =
          network.feedForwardToLayer(Math.max(0, last() - 1), batch.getFeatures(), false);
      return new Activations(activations, Map.of(), batch.getFeatures().size(0));
    } finally {
      network.clearLayerMaskArrays();
      for (Layer layer : network.getLayers()) {
        layer.clear();
      }
      // Other listeners, DL4J's PerformanceListener for one, read the batch from here.
      network.setInput(inputBefore);
    }
  }

  @Override
  public INDArray logits(int output, INDArray features) {
    return OutputLayers.logits(network.getOutputLayer(), features);
  }
}
