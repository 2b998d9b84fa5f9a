package org.collapse4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.esotericsoftware.kryo.Kryo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.KryoRegistrator;
import org.collapse4j.dl4j.Training;
import org.collapse4j.log.Observation;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.nd4j.kryo.Nd4jSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** The examples of docs/spark.md and of the Javadoc, word for word. */
@DisabledForJreRange(minVersion = 24, disabledReason = SparkData.NO_LOGIN)
class SparkDocumentedExamplesTest {
  private static final Path LOG = Path.of("runs/spark.jsonl");

  private final MultiLayerNetwork network = Training.multiLayerNetwork();
  private final int epochs = 2;

  @Test
  void examples() throws IOException {
    Files.deleteIfExists(LOG);
    try (JavaSparkContext context = new JavaSparkContext(SparkData.quiet("local[2]"))) {
      List<DataSet> train = Training.clusters(80, 1).batchBy(10);
      JavaRDD<DataSet> trainBatches = context.parallelize(train, 2);
      JavaRDD<DataSet> testBatches = context.parallelize(train, 2);
      List<Observation> observations =
          SparkCollapse.measure(network, trainBatches, new SparkOptions().run("first"));
      assertEquals(1, observations.size());
      SparkDl4jMultiLayer training =
          new SparkDl4jMultiLayer(
              context,
              network,
              new ParameterAveragingTrainingMaster.Builder(2, 10)
                  .averagingFrequency(2)
                  .batchSizePerWorker(10)
                  .build());
      try (SparkCollapse collapse =
          new SparkCollapse(
              new SparkOptions()
                  .trainProbe(SparkExamples.of(trainBatches))
                  .heldOutProbe(SparkExamples.of(testBatches))
                  .jsonLines(Path.of("runs/spark.jsonl")))) {
        for (int epoch = 0; epoch < epochs; epoch++) {
          collapse.observe(training.fit(trainBatches));
        }
      }
      assertEquals(4, Files.readAllLines(LOG).size());
    } finally {
      Files.deleteIfExists(LOG);
      Files.deleteIfExists(LOG.getParent());
    }
  }

  /** Compiled only: what it registers is tested in {@link SparkClusterTest}. */
  public static final class ArrayRegistrator implements KryoRegistrator {
    @Override
    public void registerClasses(Kryo kryo) {
      kryo.addDefaultSerializer(INDArray.class, new Nd4jSerializer());
      kryo.register(Nd4j.create(1).getClass(), new Nd4jSerializer());
    }
  }
}
