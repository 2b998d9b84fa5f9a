package org.collapse4j.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** A cluster of this machine: master and workers in this process, two executors in their own. */
final class LocalCluster implements AutoCloseable {
  final JavaSparkContext context;

  /** Starts it in a folder, which becomes what workers take for an installation of Spark. */
  LocalCluster(Path home, SparkConf conf) throws IOException {
    Files.createDirectories(home.resolve("jars"));
    Files.createDirectories(home.resolve("launcher/target/scala-2.12"));
    Files.createFile(home.resolve("RELEASE"));
    System.setProperty("spark.testing", "true");
    System.setProperty("spark.test.home", home.toString());
    context =
        new JavaSparkContext(
            conf.setMaster("local-cluster[2,1,1024]")
                .set("spark.testing", "true")
                .set("spark.test.home", home.toString())
                .set("spark.executor.memory", "512m")
                // An executor that has died is not asked again for what it had.
                .set("spark.shuffle.io.maxRetries", "1")
                .set("spark.shuffle.io.retryWait", "50ms")
                .set("spark.locality.wait", "0")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .set("spark.executorEnv.OMP_NUM_THREADS", "1"));
  }

  @Override
  public void close() {
    context.stop();
    System.clearProperty("spark.testing");
    System.clearProperty("spark.test.home");
  }
}
