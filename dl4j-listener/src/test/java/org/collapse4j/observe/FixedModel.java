package org.collapse4j.observe;

import java.util.List;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.evaluation.RowSource;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A model that is no network: the features at its one point are its inputs. */
final class FixedModel implements MeasuredModel {
  static final int CLASSES = 3;

  /** Its only point. */
  record Point(String name) implements MeasuredPoint {}

  static final Point POINT = new Point("inputs");

  @Override
  public List<Point> points() {
    return List.of(POINT);
  }

  /** It decides for the class whose feature is the largest of the first. */
  @Override
  public Classifier classifier(MeasuredPoint point) {
    return Classifier.of(Nd4j.eye(6).castTo(DataType.DOUBLE).getRows(0, 1, 2), null);
  }

  @Override
  public void rows(
      MultiDataSet batch,
      long firstPosition,
      boolean labelled,
      RowSource.Receiver<MeasuredPoint> receiver) {
    receiver.accept(
        POINT,
        () -> {
          if (!labelled) {
            return LabelledRows.ofOneClass(batch.getFeatures(0));
          }
          LabelledRows rows = LabelledRows.of(batch.getFeatures(0), classes(batch), null, CLASSES);
          return rows.withOrigins(new ExampleOrigins(rows, batch, 0, firstPosition));
        });
  }

  @Override
  public int[] classes(MultiDataSet batch) {
    if (batch.getLabels(0).size(1) != CLASSES) {
      throw new IllegalArgumentException("There must be 3 classes");
    }
    return batch.getLabels(0).argMax(1).toIntVector();
  }
}
