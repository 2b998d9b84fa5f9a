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
 * @param firstPosition how many examples of the data set come before these
 * @param batches hands over all batches to a consumer
 */
public record SplitRows(
    MeasuredModel model,
    String name,
    boolean labelled,
    long firstPosition,
    Consumer<Consumer<MultiDataSet>> batches)
    implements RowSource<MeasuredPoint> {

  @Override
  public void forEach(Receiver<? super MeasuredPoint> receiver) {
    long[] position = {firstPosition};
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
    return describe(name, point);
  }

  /** The rows of a split at a point, in messages. */
  public static String describe(String name, MeasuredPoint point) {
    return name + " at \"" + point.name() + "\"";
  }
}
