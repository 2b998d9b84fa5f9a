package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.collapse4j.dl4j.Training;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.evaluation.RowSource;
import org.deeplearning4j.datasets.iterator.IteratorDataSetIterator;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

class ProbeTest {
  private final DataSetIterator batches = Training.batches(Training.clusters(50, 1), 20);

  private static List<LabelledRows> rows(Probe probe) {
    List<LabelledRows> all = new ArrayList<>();
    ((RowSource<MeasuredPoint>) probe.rows(new FixedModel()))
        .forEach((point, rows) -> all.add(rows.get()));
    return all;
  }

  @Test
  void itIsReadFromTheStartEachTime() {
    for (Probe probe :
        List.of(
            Probe.of("train", Probe.Role.LABELLED, batches),
            Probe.of("train", Probe.Role.LABELLED, new MultiDataSetIteratorAdapter(batches)))) {
      for (int pass = 0; pass < 2; pass++) {
        List<LabelledRows> rows = rows(probe);
        assertEquals(List.of(20, 20, 10), rows.stream().map(LabelledRows::size).toList());
        assertEquals(40, rows.get(2).origins().orElseThrow().firstPosition());
        assertEquals(FixedModel.CLASSES, rows.get(0).numClasses());
      }
    }
    Probe outside = Probe.of("ood", Probe.Role.OUT_OF_DISTRIBUTION, batches);
    assertEquals(1, rows(outside).get(0).numClasses(), "its labels are not looked at");
    assertEquals("ood", outside.split());
    assertEquals("the probe \"ood\"", outside.describe());
    assertEquals(
        "the probe \"ood\" at \"inputs\"",
        outside.rows(new FixedModel()).describe(FixedModel.POINT));
    assertEquals(Probe.Role.OUT_OF_DISTRIBUTION, outside.role());
  }

  @Test
  void whoElseReadsItIsNoticed() {
    Probe probe = Probe.of("train", Probe.Role.LABELLED, batches);
    assertFalse(probe.isUsedByAnother(), "it has not been read yet");
    rows(probe);
    assertFalse(probe.isUsedByAnother());
    batches.reset();
    assertTrue(probe.isUsedByAnother());
    rows(probe);
    assertFalse(probe.isUsedByAnother());
    Probe.Data elsewhere = (model, name, labelled) -> probe.rows(model);
    assertFalse(Probe.of("train", Probe.Role.LABELLED, elsewhere).isUsedByAnother());
    assertEquals(3, rows(Probe.of("train", Probe.Role.LABELLED, elsewhere)).size());
  }

  @Test
  void dataThatCannotBeReadAgainIsRefused() {
    DataSetIterator once =
        new IteratorDataSetIterator(List.<DataSet>of(Training.clusters(4, 1)).iterator(), 4);
    assertEquals(
        "The probe \"train\" is read at every observation, so its iterator must support reset(),"
            + " which org.deeplearning4j.datasets.iterator.IteratorDataSetIterator does not",
        assertThrows(
                IllegalArgumentException.class, () -> Probe.of("train", Probe.Role.LABELLED, once))
            .getMessage());
    MultiDataSetIterator multi =
        new IteratorMultiDataSetIterator(List.<MultiDataSet>of().iterator(), 4);
    assertThrows(
        IllegalArgumentException.class, () -> Probe.of("train", Probe.Role.LABELLED, multi));
  }

  @Test
  void thereIsData() {
    assertEquals(
        "The probe \"a\" must have an iterator, but it is null",
        assertThrows(
                NullPointerException.class,
                () -> Probe.of("a", Probe.Role.LABELLED, (DataSetIterator) null))
            .getMessage());
    assertThrows(
        NullPointerException.class,
        () -> Probe.of("a", Probe.Role.LABELLED, (MultiDataSetIterator) null));
    assertEquals(
        "The probe \"a\" must have data to run over, but it is null",
        assertThrows(
                NullPointerException.class,
                () -> Probe.of("a", Probe.Role.LABELLED, (Probe.Data) null))
            .getMessage());
  }
}
