package org.collapse4j.samples.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.network.util.JavaUtils;

/**
 * A Spark cluster of this machine that needs no installation of Spark: the driver has master and
 * workers in it and starts executors, of one core each, as processes with its own class path.
 */
final class LocalExecutors implements AutoCloseable {
  private static final int MEGABYTES = 1024;

  private final Path home;
  private final JavaSparkContext context;

  /**
   * Starts it, with a directory that workers take for an installation, by what Spark looks for
   * there and by what it looks for one there.
   */
  LocalExecutors(int executors) throws IOException {
    home = Files.createTempDirectory("collapse4j-spark");
    Files.createDirectories(home.resolve("jars"));
    Files.createDirectories(home.resolve("launcher/target/scala-2.12"));
    Files.createFile(home.resolve("RELEASE"));
    System.setProperty("spark.testing", "true");
    System.setProperty("spark.test.home", home.toString());
    context =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local-cluster[%d,1,%d]".formatted(executors, MEGABYTES))
                .setAppName("collapse4j")
                .set("spark.ui.enabled", "false")
                .set("spark.executor.memory", MEGABYTES + "m")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .set("spark.executorEnv.OMP_NUM_THREADS", "1"));
  }

  JavaSparkContext context() {
    return context;
  }

  @Override
  public void close() throws IOException {
    context.stop();
    JavaUtils.deleteRecursively(home.toFile());
  }
}
