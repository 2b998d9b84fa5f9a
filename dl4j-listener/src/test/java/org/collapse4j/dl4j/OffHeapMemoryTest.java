package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.collapse4j.ChildJvm;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;

/** Arrays lie outside the Java heap, where a leak is seen in the memory of the process alone. */
class OffHeapMemoryTest {
  private static final int BEFORE = 100;
  private static final int AFTER = 500;

  /** Less than half of one array of features for each observation between the two. */
  private static final long TOLERATED = 12L << 20;

  @TempDir Path folder;

  /** Observes for a while, and prints how much the process has grown after the first part of it. */
  static final class Observing {
    private static final int EXAMPLES = 2000;

    @SuppressWarnings("SystemOut") // How the parent process is told.
    public static void main(String[] arguments) throws Exception {
      DataSet data = Training.clusters(EXAMPLES, 1);
      NeuralCollapseListener listener =
          NeuralCollapseListener.builder().stream(true)
              .trainProbe(Training.batches(data, 1000))
              .heldOutProbe(Training.batches(data, 1000))
              .suspectLabels(true)
              .sink(observation -> {})
              .failFast(true)
              .build();
      MultiLayerNetwork network = Training.multiLayerNetwork();
      long before = 0;
      for (int epoch = 1; epoch <= AFTER; epoch++) {
        listener.observe(network, epoch);
        if (epoch == BEFORE) {
          before = settled();
        }
      }
      System.out.println("grown " + (settled() - before));
    }

    /** Memory beside Java's own, when what is collectable has been collected. */
    private static long settled() throws InterruptedException {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 8; i++) {
        System.gc();
        Thread.sleep(50);
        least = Math.min(least, Pointer.physicalBytes() - ofJava());
      }
      return least;
    }

    /** All of which has been touched, as the options of this process have it. */
    private static long ofJava() {
      MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
      return memory.getHeapMemoryUsage().getCommitted()
          + memory.getNonHeapMemoryUsage().getCommitted();
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void observingLeavesNothingBehind() throws Exception {
    Process process =
        ChildJvm.start(
            List.of(
                "env",
                "MALLOC_ARENA_MAX=1", // Arenas of threads keep what was freed in another one.
                "JAVA_TOOL_OPTIONS=-Xms512m -Xmx512m -XX:+AlwaysPreTouch -XX:+UseSerialGC"),
            ChildJvm.classPath(),
            folder.resolve("errors"),
            Observing.class);
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    String last = printed.lines().filter(line -> line.startsWith("grown ")).findFirst().orElse("");
    long grown = Long.parseLong(last.substring("grown ".length()));
    assertTrue(grown < TOLERATED, (grown >> 20) + " MB in " + (AFTER - BEFORE) + " observations");
  }
}
