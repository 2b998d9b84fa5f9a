package org.collapse4j.samples.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * Times of several things that are done in turn, as ratios to the first of them: what the machine
 * has to do beside them slows all alike. Printed at the end of each process, with the same of the
 * processor time of the calling thread, which other processes hardly change.
 */
@State(Scope.Benchmark)
public class Ratios {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Map<String, List<Long>> elapsed = new LinkedHashMap<>();
  private final Map<String, List<Long>> processor = new LinkedHashMap<>();
  private boolean isWarm;

  /** Warm-up iterations count for nothing. */
  @Setup(Level.Iteration)
  public void begin(IterationParams iteration) {
    isWarm = iteration.getType() == IterationType.MEASUREMENT;
  }

  /** Does something and takes its time. */
  void time(String name, Runnable task) {
    long start = System.nanoTime();
    long startOfThread = THREADS.getCurrentThreadCpuTime();
    task.run();
    if (isWarm) {
      add(processor, name, THREADS.getCurrentThreadCpuTime() - startOfThread);
      add(elapsed, name, System.nanoTime() - start);
    }
  }

  private static void add(Map<String, List<Long>> times, String name, long nanos) {
    times.computeIfAbsent(name, first -> new ArrayList<>()).add(nanos);
  }

  /** Prints, for each thing, its ratios to the first thing of the same round. */
  @TearDown(Level.Trial)
  public void print() {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "%n%n%-36s %-40s %s%n",
            "",
            "time: median, mean (least to largest)",
            "of the calling thread"));
    for (String name : elapsed.keySet()) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-36s %-40s %s%n",
              name,
              describe(name, elapsed),
              describe(name, processor)));
    }
    System.out.println(table);
  }

  private static String describe(String name, Map<String, List<Long>> times) {
    List<Long> yardstick = times.values().iterator().next();
    List<Long> those = times.get(name);
    double[] ratios = new double[those.size()];
    double sum = 0;
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = (double) those.get(i) / yardstick.get(i);
      sum += ratios[i];
    }
    Arrays.sort(ratios);
    return String.format(
        Locale.ROOT,
        "%.3f, %.3f (%.2f to %.2f) %9.2f ms",
        ratios[ratios.length / 2],
        sum / ratios.length,
        ratios[0],
        ratios[ratios.length - 1],
        those.stream().sorted().skip(those.size() / 2).findFirst().orElseThrow() / 1e6);
  }
}
