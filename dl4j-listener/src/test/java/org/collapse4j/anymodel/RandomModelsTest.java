package org.collapse4j.anymodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.collapse4j.anymodel.RandomModel.Head;
import org.collapse4j.dl4j.BatchesIterator;
import org.collapse4j.dl4j.FeatureMaps;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The promises of the listener on networks that nobody chose. {@code -Dcollapse4j.models=500} draws
 * more of them, {@code -Dcollapse4j.firstModel=17 -Dcollapse4j.models=1} the one of a seed.
 */
class RandomModelsTest {
  @TestFactory
  Stream<DynamicTest> trainToTheSameBitsAndMeasureWhatIsDefined() {
    return RandomTraining.tests(
        "collapse4j.firstModel",
        "collapse4j.models",
        60,
        seed -> new ModelTraining(RandomModels.draw(seed)));
  }

  private static final class ModelTraining
      extends RandomTraining<Model, NeuralCollapseListener.Builder> {
    private final RandomModel model;

    ModelTraining(RandomModel model) {
      this.model = model;
    }

    @Override
    long seed() {
      return model.seed();
    }

    @Override
    DataType type() {
      return model.type();
    }

    @Override
    List<MultiDataSet> training() {
      return model.training();
    }

    @Override
    List<MultiDataSet> heldOut() {
      return model.heldOut();
    }

    @Override
    List<MultiDataSet> other() {
      return model.other();
    }

    @Override
    boolean samplesWindows() {
      return model.isTruncated();
    }

    @Override
    Model build() {
      return model.build();
    }

    @Override
    NeuralCollapseListener.Builder options() {
      return NeuralCollapseListener.builder();
    }

    @Override
    LongSupplier listen(Model built, NeuralCollapseListener.Builder options) {
      NeuralCollapseListener listener = options.build();
      built.setListeners(listener);
      return listener::failureCount;
    }

    @Override
    void fit(Model built) {
      Nd4j.getRandom().setSeed(model.seed());
      if (built instanceof MultiLayerNetwork network) {
        network.fit(new BatchesIterator(model.training()), EPOCHS);
      } else {
        ((ComputationGraph) built).fit(new BatchesIterator(model.training()), EPOCHS);
      }
    }

    @Override
    Map<String, INDArray> parameters(Model built) {
      return Map.of("parameters", built.params().dup().detach());
    }

    @Override
    Model with(Map<String, INDArray> parameters) {
      Model built = model.build();
      built.setParams(parameters.get("parameters"));
      return built;
    }

    @Override
    List<Place<Model>> places() {
      return model.heads().stream().<Place<Model>>map(HeadPlace::new).toList();
    }

    @Override
    List<Place<Model>> draw(Random random, NeuralCollapseListener.Builder options) {
      FeatureMaps maps = random.nextBoolean() ? FeatureMaps.FLATTENED : FeatureMaps.CHANNEL_MEANS;
      boolean measuresLayers = random.nextInt(3) == 0;
      List<Place<Model>> places = new ArrayList<>(places());
      List<String> names = new ArrayList<>();
      for (String layer : model.hidden()) {
        if (measuresLayers && random.nextBoolean() && !needsOtherRows(layer)) {
          names.add(layer);
          places.addAll(placesOf(layer, maps));
        }
      }
      options.featureMaps(maps);
      if (!names.isEmpty()) {
        model.heads().forEach(head -> names.add(head.layer()));
        options.layers(names.toArray(String[]::new));
      }
      return places;
    }

    /** A layer of single vectors does not go with labels of each step. */
    private boolean needsOtherRows(String layer) {
      boolean anyPerStep = model.heads().stream().anyMatch(Head::perStep);
      boolean allPerStep = model.heads().stream().allMatch(Head::perStep);
      boolean sequence = layer.startsWith("lstm") || layer.startsWith("recurrent");
      return anyPerStep && !(allPerStep && sequence);
    }

    /** A layer is measured once for each output that it leads to. */
    private List<Place<Model>> placesOf(String layer, FeatureMaps maps) {
      List<Head> reached =
          model.heads().stream().filter(head -> leadsTo(layer, head.layer())).toList();
      return reached.stream()
          .<Place<Model>>map(
              head ->
                  new LayerPlace(
                      reached.size() == 1 ? layer : layer + ":" + head.layer(), layer, head, maps))
          .toList();
    }

    private boolean leadsTo(String from, String to) {
      if (model.graph() == null) {
        return true;
      }
      List<String> inputs = model.graph().getVertexInputs().get(to);
      return inputs != null
          && inputs.stream().anyMatch(input -> input.equals(from) || leadsTo(from, input));
    }

    @Override
    public String toString() {
      return model.toString();
    }
  }

  private record HeadPlace(Head head) implements RandomTraining.Place<Model> {
    @Override
    public String name() {
      return head.layer();
    }

    @Override
    public Float64Reference reference(Model model, List<MultiDataSet> batches) {
      return GatheredRows.ofHead(model, head, batches).reference(true);
    }

    @Override
    public double[] mean(Model model, List<MultiDataSet> batches) {
      return GatheredRows.mean(model, head, batches);
    }
  }

  private record LayerPlace(String name, String layer, Head head, FeatureMaps maps)
      implements RandomTraining.Place<Model> {
    @Override
    public Float64Reference reference(Model model, List<MultiDataSet> batches) {
      return GatheredRows.ofLayer(model, head, layer, maps, batches).reference(false);
    }

    @Override
    public double[] mean(Model model, List<MultiDataSet> batches) {
      return GatheredRows.mean(model, head, layer, maps, batches);
    }
  }
}
