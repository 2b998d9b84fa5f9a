package org.collapse4j.spark;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SerializableWritable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.collapse4j.evaluation.RowParts;
import org.collapse4j.observe.MeasuredModel;
import org.collapse4j.observe.MeasuredPoint;
import org.collapse4j.observe.Probe;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Examples that Spark has, in batches. They are read twice at each observation, those that are out
 * of distribution once, and must be the same, partition by partition, each time: persist what is
 * expensive to make or drawn at random. Immutable.
 */
public final class SparkExamples {
  private final JavaRDD<MultiDataSet> batches;

  private SparkExamples(JavaRDD<MultiDataSet> batches) {
    this.batches = batches;
  }

  /** Examples of one input and one output, each data set one batch. */
  public static SparkExamples of(JavaRDD<DataSet> batches) {
    return new SparkExamples(requireData(batches).map(DataSet::toMultiDataSet));
  }

  /** Examples of several inputs or outputs, each data set one batch. */
  public static SparkExamples ofMultiDataSets(JavaRDD<MultiDataSet> batches) {
    return new SparkExamples(requireData(batches));
  }

  /**
   * Batches that were exported to files, one to a file, as the training masters of dl4j-spark do:
   * what {@link DataSet#save} or {@link MultiDataSet#save} has written. They carry no example
   * metadata and so no clean labels.
   *
   * @param paths of files, in any file system that Hadoop knows, read by the executors
   */
  public static SparkExamples files(JavaRDD<String> paths) {
    Configuration configuration =
        JavaSparkContext.fromSparkContext(requireData(paths).context()).hadoopConfiguration();
    return new SparkExamples(paths.map(new Load(new SerializableWritable<>(configuration))));
  }

  /**
   * Batches that were exported to a directory, as {@link #files}: all of its files, in the order of
   * their names, those in directories below it not.
   *
   * @throws IOException if the directory cannot be listed
   */
  public static SparkExamples directory(JavaSparkContext context, String directory)
      throws IOException {
    Path path = new Path(directory);
    FileSystem system = path.getFileSystem(context.hadoopConfiguration());
    List<String> files =
        Arrays.stream(system.listStatus(path))
            .filter(FileStatus::isFile)
            .map(file -> file.getPath().toString())
            .sorted()
            .toList();
    int partitions = Math.max(1, Math.min(files.size(), context.defaultParallelism()));
    return files(context.parallelize(files, partitions));
  }

  private static <T> JavaRDD<T> requireData(JavaRDD<T> data) {
    return Objects.requireNonNull(data, "There must be an RDD to measure, but it is null");
  }

  /** A probe over the examples. */
  Probe probe(String split, Probe.Role role) {
    return Probe.of(split, role, (Probe.Data) this::rows);
  }

  private RowParts<MeasuredPoint> rows(MeasuredModel model, String name, boolean labelled) {
    return new PartitionedRows((SparkNetwork) model, name, labelled, batches);
  }

  /** Reads a file in an executor. */
  private static final class Load implements Function<String, MultiDataSet> {
    private static final long serialVersionUID = 1;

    private final SerializableWritable<Configuration> configuration;

    Load(SerializableWritable<Configuration> configuration) {
      this.configuration = configuration;
    }

    @Override
    public MultiDataSet call(String file) throws IOException {
      Path path = new Path(file);
      try (InputStream in =
          new BufferedInputStream(path.getFileSystem(configuration.value()).open(path))) {
        return read(in);
      } catch (RuntimeException e) {
        throw new IllegalArgumentException(
            "A file of exported batches must be one that DataSet.save or MultiDataSet.save has"
                + " written, which \""
                + file
                + "\" is not",
            e);
      }
    }

    /**
     * A MultiDataSet begins with its number of inputs as a big-endian int, whose first byte is 0; a
     * DataSet with a byte that says which of its arrays are there, which is not.
     */
    private static MultiDataSet read(InputStream in) throws IOException {
      in.mark(1);
      int first = in.read();
      in.reset();
      if (first == 0) {
        MultiDataSet batch = new org.nd4j.linalg.dataset.MultiDataSet();
        batch.load(in);
        return batch;
      }
      DataSet batch = new DataSet();
      batch.load(in);
      return batch.toMultiDataSet();
    }
  }
}
