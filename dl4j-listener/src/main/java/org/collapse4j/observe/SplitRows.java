package org.collapse4j.observe;

import java.util.function.Consumer;
import org.collapse4j.evaluation.RowSource;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The rows of a model that is run over the batches of a split.
 *
 * @param model that is run
 * @param name of the split, for messages
 * @param labelled whether its labels are those of the classes
 * @param batches hands over all batches to a consumer
 */
public record SplitRows(
    MeasuredModel model, String name, boolean labelled, Consumer<Consumer<MultiDataSet>> batches)
    implements RowSource<MeasuredPoint> {

  /** The rows of a probe. */
  public static SplitRows of(MeasuredModel model, Probe probe) {
    return new SplitRows(
        model,
        "the probe \"" + probe.split() + "\"",
        probe.role() != Probe.Role.OUT_OF_DISTRIBUTION,
        probe::forEach);
  }

  @Override
  public void forEach(Receiver<? super MeasuredPoint> receiver) {
    long[] position = {0};
    batches.accept(
        batch -> {
          model.rows(batch, position[0], labelled, receiver::accept);
          position[0] += batch.getFeatures(0).size(0);
        });
  }

  @Override
  public Classifier classifier(MeasuredPoint point) {
    return model.classifier(point);
  }

  @Override
  public String describe(MeasuredPoint point) {
    return name + " at \"" + point.name() + "\"";
  }
}
