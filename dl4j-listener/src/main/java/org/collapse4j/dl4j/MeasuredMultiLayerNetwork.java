package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.collapse4j.dl4j.LayerSelection.Candidate;
import org.collapse4j.observe.RandomState;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A {@link MultiLayerNetwork}: activations are a list, whose element 0 is the network's input. */
final class MeasuredMultiLayerNetwork extends MeasuredNetwork {
  private final MultiLayerNetwork network;
  private final FeatureMaps maps;
  private final ClassifierHead head;

  MeasuredMultiLayerNetwork(MultiLayerNetwork network, FeatureMaps maps) {
    this.network = network;
    this.maps = maps;
    this.head = ClassifierHead.of(name(last()), network.getOutputLayer());
  }

  @Override
  public Model model() {
    return network;
  }

  @Override
  List<FeaturePoint> outputs() {
    return List.of(point(new Candidate(name(last()), last())));
  }

  @Override
  public List<String> refusedOutputs() {
    return List.of();
  }

  @Override
  List<FeaturePoint> layers(LayerSelection selection) {
    List<Candidate> candidates =
        IntStream.rangeClosed(0, last()).mapToObj(i -> new Candidate(name(i), i)).toList();
    return selection.from(candidates).stream().map(this::point).toList();
  }

  private FeaturePoint point(Candidate layer) {
    return new FeaturePoint(layer.name(), layer.name(), layer.index(), 0, layer.index() == last());
  }

  private int last() {
    return network.getnLayers() - 1;
  }

  private String name(int index) {
    org.deeplearning4j.nn.conf.layers.Layer layer = configuration(index);
    String name = layer.getLayerName();
    if (name == null && layer instanceof FrozenLayer frozen) {
      name = frozen.getLayer().getLayerName();
    }
    return name == null ? String.valueOf(index) : name;
  }

  private org.deeplearning4j.nn.conf.layers.Layer configuration(int index) {
    return network.getLayerWiseConfigurations().getConf(index).getLayer();
  }

  @Override
  ClassifierHead head(FeaturePoint point) {
    return head;
  }

  @Override
  INDArray features(FeaturePoint point, Activations activations) {
    long examples = activations.examples();
    if (!point.classified()) {
      INDArray output = activations.byPosition().get(point.index() + 1).dup();
      return head.layout().featureRows(output, channelsLast(point.index()), examples, maps);
    }
    INDArray features = activations.byPosition().get(last()).dup();
    InputPreProcessor preProcessor =
        network.getLayerWiseConfigurations().getInputPreProcess(last());
    if (preProcessor != null) {
      features =
          preProcessor.preProcess(features, (int) examples, LayerWorkspaceMgr.noWorkspaces());
    }
    return head.layout().featureRows(features, head.layout().channelsLast(), examples, maps);
  }

  /** The same pass, layer by layer, with a copy of each activation before the next layer has it. */
  private List<INDArray> copiesOfActivations(INDArray features) {
    List<INDArray> copies = new ArrayList<>();
    copies.add(features);
    INDArray activation = features.dup();
    for (int i = 0; i < last(); i++) {
      InputPreProcessor preProcessor = network.getLayerWiseConfigurations().getInputPreProcess(i);
      if (preProcessor != null) {
        activation =
            preProcessor.preProcess(
                activation, (int) features.size(0), LayerWorkspaceMgr.noWorkspaces());
      }
      activation =
          network.getLayer(i).activate(activation, false, LayerWorkspaceMgr.noWorkspaces());
      copies.add(activation.dup());
    }
    return copies;
  }

  private boolean channelsLast(int index) {
    for (int i = index; i >= 0; i--) {
      Optional<Boolean> last = LayerFormats.channelsLast(configuration(i));
      if (last.isPresent()) {
        return last.get();
      }
    }
    return false;
  }

  @Override
  Activations infer(MultiDataSet batch) {
    INDArray inputBefore = network.getInput();
    INDArray features = batch.getFeatures(0);
    network.setLayerMaskArrays(batch.getFeaturesMaskArray(0), null);
    try (RandomState ignored = RandomState.keep()) {
      List<INDArray> activations =
          measuresWithin()
              ? copiesOfActivations(features)
              : network.feedForwardToLayer(Math.max(0, last() - 1), features, false);
      return new Activations(activations, Map.of(), features.size(0));
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
  MultiDataSet trainingBatch() {
    INDArray input = network.getInput();
    INDArray labels = network.getLabels();
    INDArray featureMask = inputMask(input);
    INDArray labelMask = labelMask((int) input.size(0));
    return new org.nd4j.linalg.dataset.MultiDataSet(
        new INDArray[] {input},
        new INDArray[] {labels},
        featureMask == null ? null : new INDArray[] {featureMask},
        labelMask == null ? null : new INDArray[] {labelMask});
  }

  /**
   * The mask of the input, as the first layer that keeps it has it. Layers that do not look at it
   * hand it on, and one behind a preprocessor may have it as a column, with the example running
   * fastest.
   */
  private INDArray inputMask(INDArray input) {
    for (int i = 0; i < last(); i++) {
      INDArray mask = network.getLayer(i).getMaskArray();
      if (mask != null) {
        return exampleFirst(mask, (int) input.size(0), input);
      }
    }
    return null;
  }

  private static INDArray exampleFirst(INDArray mask, int examples, INDArray masked) {
    INDArray rows = mask.size(0) == examples ? mask : mask.dup('f').reshape('f', examples, -1);
    boolean oneStep = rows.rank() < 2 || rows.size(1) == 1;
    if (!oneStep && masked.rank() < 4 && !hasLength(masked, rows.size(1))) {
      throw new IllegalArgumentException(
          String.format(
              "No sample can be taken of inputs of shape %s whose mask a layer has changed to"
                  + " shape %s: give a trainProbe",
              Arrays.toString(masked.shape()), Arrays.toString(mask.shape())));
    }
    return rows;
  }

  private static boolean hasLength(INDArray array, long length) {
    return Arrays.stream(array.shape()).skip(1).anyMatch(size -> size == length);
  }

  /** RnnOutputLayer keeps its mask with a step a row, the example running fastest. */
  private INDArray labelMask(int examples) {
    INDArray mask = head.labelMask();
    if (mask == null || mask.size(0) == examples) {
      return mask;
    }
    long columns = mask.rank() < 2 ? 1 : mask.size(1);
    if (columns == 1) {
      return mask.dup('f').reshape('f', examples, -1);
    }
    INDArray steps = mask.dup('c').reshape('c', mask.size(0) / examples, examples, columns);
    return head.layout().channelsLast() ? steps.permute(1, 0, 2) : steps.permute(1, 2, 0);
  }
}
