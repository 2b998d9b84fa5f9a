package org.collapse4j.stats;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Subtracts from each row a reference of its class, so that what is multiplied afterwards is as
 * small as the spread of the class and does not cancel.
 */
final class ShiftedRows {
  private INDArray gathered;

  /**
   * Shifts the rows of a block in place.
   *
   * @param block its rows are modified
   * @param reference {@code [K, d]} in the block's type, so that a row minus it is exact or nearly
   *     so; not modified
   */
  void shift(RowBlock block, INDArray reference) {
    INDArray rows = block.rows();
    INDArray perRow = gather(reference, block.classArray());
    rows.subi(perRow);
  }

  /** Row {@code classes[i]} of the table, for every i; valid until the next call. */
  private INDArray gather(INDArray table, INDArray classes) {
    int n = (int) classes.length();
    if (gathered == null || gathered.rows() < n || gathered.dataType() != table.dataType()) {
      gathered = Nd4j.createUninitialized(table.dataType(), n, table.columns());
    }
    INDArray target =
        gathered.rows() == n
            ? gathered
            : gathered.get(NDArrayIndex.interval(0, n), NDArrayIndex.all());
    gatherInto(target, table, classes);
    return target;
  }

  static void gatherInto(INDArray target, INDArray table, INDArray classes) {
    Nd4j.exec(
        DynamicCustomOp.builder("gather")
            .addInputs(table, classes)
            .addIntegerArguments(0)
            .addOutputs(target)
            .build());
  }

  /** The table as rows of another type. */
  static INDArray as(DataType type, INDArray table) {
    INDArray cast = Nd4j.createUninitialized(type, table.shape());
    cast.assign(table);
    return cast;
  }
}
