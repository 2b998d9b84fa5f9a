package org.collapse4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The files that this process has open. */
public final class OpenFiles {
  private static final int MOST_LOOKS = 100;

  private OpenFiles() {}

  /** How many there are; 0 where that is not known. */
  public static long count() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  /**
   * That not one is left open which was not before. Other threads have some open for a moment, so
   * that it is looked at again where there are more.
   */
  public static void assertNoMoreThan(long before) throws InterruptedException {
    long now = count();
    for (int looks = 1; now > before && looks < MOST_LOOKS; looks++) {
      Thread.sleep(100);
      now = count();
    }
    assertTrue(now <= before, now + " files are open, before it were " + before);
  }
}
