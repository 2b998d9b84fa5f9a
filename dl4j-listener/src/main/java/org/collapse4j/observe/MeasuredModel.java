package org.collapse4j.observe;

import java.util.List;
import org.collapse4j.evaluation.RowSource;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** What observing needs of a model, whichever library trains it. */
public interface MeasuredModel {
  /** Where its features are measured. */
  List<? extends MeasuredPoint> points();

  /**
   * The linear classifier on top of the features of a point as it is now; null if there is none.
   */
  Classifier classifier(MeasuredPoint point);

  /**
   * Runs the model over a batch in inference mode and hands over the rows of every point. What
   * training needs of the model, and the state of random numbers, are left as they were.
   *
   * @param batch not modified
   * @param firstPosition how many examples of the data set came before this batch
   * @param labelled whether the labels are those of the classes; else they are not looked at
   */
  void rows(
      MultiDataSet batch,
      long firstPosition,
      boolean labelled,
      RowSource.Receiver<MeasuredPoint> receiver);

  /**
   * The classes of what has a label in a batch, by the labels of the first point that has any.
   *
   * @return class indices, {@link org.collapse4j.stats.ClassLabels#NONE} where there is no label;
   *     as many as examples, or several for each example
   * @throws IllegalArgumentException if the labels are no classes
   */
  int[] classes(MultiDataSet batch);
}
