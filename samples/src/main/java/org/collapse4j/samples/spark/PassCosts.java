package org.collapse4j.samples.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** What the tasks of each job of Spark took, a job being a pass over all partitions. */
final class PassCosts extends SparkListener {
  private final Map<Integer, Integer> jobs = new TreeMap<>();
  private final Map<Integer, List<TaskMetrics>> tasks = new TreeMap<>();

  @Override
  public synchronized void onJobStart(SparkListenerJobStart started) {
    for (int i = 0; i < started.stageIds().size(); i++) {
      jobs.put((Integer) started.stageIds().apply(i), started.jobId());
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd ended) {
    tasks
        .computeIfAbsent(jobs.get(ended.stageId()), job -> new ArrayList<>())
        .add(ended.taskMetrics());
  }

  /** A line for each pass, in their order; complete when the context has been stopped. */
  synchronized List<String> lines(int partitions) {
    return tasks.values().stream().map(pass -> line(pass, partitions)).toList();
  }

  private static String line(List<TaskMetrics> pass, int partitions) {
    double seconds = pass.stream().mapToDouble(TaskMetrics::executorCpuTime).sum() / 1e9;
    long shuffled = pass.stream().mapToLong(t -> t.shuffleWriteMetrics().bytesWritten()).sum();
    long results = pass.stream().mapToLong(TaskMetrics::resultSize).sum();
    return String.format(
        Locale.ROOT,
        "%d partitions: %.2f s of processor time each, %,d bytes shuffled and %,d to the driver",
        partitions,
        seconds / partitions,
        shuffled,
        results);
  }
}
