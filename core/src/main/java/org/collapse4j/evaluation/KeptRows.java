package org.collapse4j.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.collapse4j.stats.Classifier;

/**
 * The rows of another source, which hands them over once only if they are few: they are kept then,
 * so that a network need not run twice.
 *
 * @param <P> what tells the points apart
 */
final class KeptRows<P> implements RowSource<P> {
  /** Up to this many features in all are kept. */
  private static final long KEPT_ELEMENTS = 1 << 24;

  private final RowSource<P> source;
  private final List<Map.Entry<P, LabelledRows>> batches = new ArrayList<>();
  private long elements;
  private boolean complete;

  KeptRows(RowSource<P> source) {
    this.source = source;
  }

  @Override
  public void forEach(Receiver<? super P> receiver) {
    if (complete) {
      batches.forEach(batch -> receiver.accept(batch.getKey(), batch::getValue));
      return;
    }
    batches.clear();
    elements = 0;
    source.forEach((point, rows) -> receiver.accept(point, () -> keep(point, rows.get())));
    complete = elements <= KEPT_ELEMENTS;
  }

  private LabelledRows keep(P point, LabelledRows rows) {
    elements += rows.features().length();
    if (elements <= KEPT_ELEMENTS) {
      batches.add(Map.entry(point, rows));
    } else {
      batches.clear();
    }
    return rows;
  }

  @Override
  public Classifier classifier(P point) {
    return source.classifier(point);
  }

  @Override
  public String describe(P point) {
    return source.describe(point);
  }
}
