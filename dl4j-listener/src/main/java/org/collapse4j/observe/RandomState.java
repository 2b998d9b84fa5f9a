package org.collapse4j.observe;

import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The state of ND4J's random numbers while a network is run only to be measured. Some inference
 * moves it, for one that of a graph with a feature mask, and dropout would draw other numbers
 * afterwards. Closing puts it back, so that training draws what it would have drawn.
 */
public final class RandomState implements AutoCloseable {
  private final Random random;
  private final long root;
  private final long node;

  private RandomState(Random random) {
    this.random = random;
    this.root = random.rootState();
    this.node = random.nodeState();
  }

  /** Keeps the state of this thread's generator until it is closed. */
  public static RandomState keep() {
    return new RandomState(Nd4j.getRandom());
  }

  @Override
  public void close() {
    random.setStates(root, node);
  }
}
