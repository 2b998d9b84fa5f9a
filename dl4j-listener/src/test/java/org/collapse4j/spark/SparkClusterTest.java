package org.collapse4j.spark;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.collapse4j.log.Observation;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** Spark with executors in processes of their own, one of which dies in each pass. */
@DisabledForJreRange(minVersion = 24, disabledReason = SparkData.NO_LOGIN)
class SparkClusterTest {
  private static final int PARTITIONS = 11;

  @TempDir Path folder;

  /** Ends the process when it has read half of a partition, the first time in each pass. */
  private static final class Dying
      implements Function2<Integer, Iterator<DataSet>, Iterator<DataSet>> {
    private static final long serialVersionUID = 1;

    private final String folder;

    Dying(Path folder) {
      this.folder = folder.toString();
    }

    @Override
    public Iterator<DataSet> call(Integer partition, Iterator<DataSet> batches) throws IOException {
      Path marks = Path.of(folder);
      Files.writeString(marks.resolve("process-" + ProcessHandle.current().pid()), "");
      // Read once more by the pass that follows the one in which it died.
      int times = partition == 5 ? count(marks) : 0;
      boolean dies = times == 1 || times == 3;
      return new Iterator<>() {
        private int read;

        @Override
        public boolean hasNext() {
          return batches.hasNext();
        }

        @Override
        public DataSet next() {
          if (dies && read++ == 1) {
            Runtime.getRuntime().halt(137);
          }
          return batches.next();
        }
      };
    }

    private static int count(Path marks) throws IOException {
      for (int times = 1; ; times++) {
        try {
          Files.createFile(marks.resolve("time-" + times));
          return times;
        } catch (FileAlreadyExistsException e) {
          // Then the next.
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void executorsThatDieCostNothing(boolean kryo) throws Exception {
    SparkData data = new SparkData(DataType.DOUBLE);
    MultiLayerNetwork network = data.network();
    Path marks = Files.createDirectory(folder.resolve("marks"));
    SparkConf conf = SparkData.quiet("");
    try (LocalCluster cluster =
        new LocalCluster(folder.resolve("home"), kryo ? SparkData.withKryo(conf) : conf)) {
      JavaRDD<DataSet> train =
          cluster
              .context
              .parallelize(data.train, PARTITIONS)
              .mapPartitionsWithIndex(new Dying(marks), true);
      try (SparkCollapse collapse = new SparkCollapse(data.options(cluster.context, train))) {
        List<Observation> observed = collapse.observe(network);
        SparkData.assertSame(data.onOneMachine(network, 1), observed, SparkData.DOUBLE);
      }
    }
    assertTrue(Files.exists(marks.resolve("time-4")), "it was not read twice in each pass");
    Set<Long> processes = processes(marks);
    assertFalse(processes.contains(ProcessHandle.current().pid()));
    assertTrue(processes.size() >= 3, "no executor was replaced: " + processes);
  }

  private static Set<Long> processes(Path marks) throws IOException {
    Set<Long> processes = new HashSet<>();
    try (Stream<Path> files = Files.list(marks)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("process-"))
          .forEach(name -> processes.add(Long.valueOf(name.substring("process-".length()))));
    }
    return processes;
  }
}
