package org.collapse4j.samples.model;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * How many threads ND4J's native operations use. On the small arrays of small networks several only
 * wait for each other, busily: with two of them an epoch of the main job takes two to three times
 * as long as with one.
 */
public final class OpenMpThreads {
  private OpenMpThreads() {}

  /** One thread, unless the environment variable {@code OMP_NUM_THREADS} asks for more. */
  public static void oneUnlessChosen() {
    if (System.getenv("OMP_NUM_THREADS") == null) {
      Nd4j.factory().blas().setMaxThreads(1);
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }
  }
}
