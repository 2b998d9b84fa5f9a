package org.collapse4j.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.collapse4j.dl4j.LayerSelection;
import org.collapse4j.dl4j.MeasuredNetwork;
import org.collapse4j.evaluation.RowSource;
import org.collapse4j.observe.MeasuredModel;
import org.collapse4j.observe.MeasuredPoint;
import org.collapse4j.observe.RandomState;
import org.collapse4j.stats.Classifier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A network of the driver as it is now, of which the executors get a copy when the first of them
 * needs one, once for all data sets that it is run over.
 */
final class SparkNetwork implements MeasuredModel, AutoCloseable {
  private final MeasuredNetwork network;
  private final LayerSelection layers;
  private Broadcast<byte[]> sent;

  SparkNetwork(MeasuredNetwork network, LayerSelection layers) {
    this.network = network;
    this.layers = layers;
  }

  /** The network as bytes, of which {@link #copy} makes one in an executor. */
  Broadcast<byte[]> in(JavaSparkContext context) {
    if (sent == null) {
      sent = context.broadcast(SerialForm.of(new Saved(network.model(), layers)));
    }
    return sent;
  }

  /** A copy for the thread that asks for it: a network is run by one thread at a time. */
  static MeasuredNetwork copy(Broadcast<byte[]> sent) {
    return SerialForm.<Saved>read(sent.value()).restored();
  }

  @Override
  public List<? extends MeasuredPoint> points() {
    return network.points();
  }

  @Override
  public Classifier classifier(MeasuredPoint point) {
    return network.classifier(point);
  }

  @Override
  public void rows(
      MultiDataSet batch,
      long firstPosition,
      boolean labelled,
      RowSource.Receiver<MeasuredPoint> receiver) {
    network.rows(batch, firstPosition, labelled, receiver);
  }

  @Override
  public int[] classes(MultiDataSet batch) {
    return network.classes(batch);
  }

  /** Takes the copies back. */
  @Override
  public void close() {
    if (sent != null) {
      sent.destroy();
    }
  }

  /** A network that is saved as Deeplearning4j does, without the state of the updater. */
  private static final class Saved implements Serializable {
    private static final long serialVersionUID = 1;

    private final byte[] bytes;
    private final boolean isMultiLayer;
    private final LayerSelection layers;

    Saved(Model model, LayerSelection layers) {
      try {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelSerializer.writeModel(model, out, false);
        this.bytes = out.toByteArray();
        this.isMultiLayer = model instanceof MultiLayerNetwork;
        this.layers = layers;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    MeasuredNetwork restored() {
      try (RandomState ignored = RandomState.keep()) {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        Model model =
            isMultiLayer
                ? ModelSerializer.restoreMultiLayerNetwork(in, false)
                : ModelSerializer.restoreComputationGraph(in, false);
        return MeasuredNetwork.of(model, layers);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
