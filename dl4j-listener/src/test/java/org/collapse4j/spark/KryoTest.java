package org.collapse4j.spark;

import java.io.IOException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/** Spark that is set to Kryo. */
class KryoTest {
  @Test
  void kryoPassesOnWhatSerializationDoes() throws IOException {
    SparkConf conf = SparkData.withKryo(SparkData.quiet("local[2]"));
    SparkData data = new SparkData(DataType.DOUBLE);
    MultiLayerNetwork network = data.network();
    try (JavaSparkContext context = new JavaSparkContext(conf);
        SparkCollapse collapse = new SparkCollapse(data.options(context, 11))) {
      SparkData.assertSame(
          data.onOneMachine(network, 1), collapse.observe(network), SparkData.DOUBLE);
    }
  }
}
