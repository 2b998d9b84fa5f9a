package org.collapse4j.observe;

/**
 * The options that every listener has beside those of all that observe: when it observes, and what
 * it takes of the training that passes it by. Each is checked when it is set.
 *
 * @param <B> the builder of a listener, which these are options of
 */
public abstract class ListenerOptions<B extends ListenerOptions<B>> extends ObservationOptions<B> {
  /** How many examples the sample of the training data has by default. */
  public static final int SAMPLE_EXAMPLES = 2048;

  /** How much memory the sample of the training data takes at most by default, in bytes. */
  public static final long SAMPLE_BYTES = 128L << 20;

  /** Options as they are unless set. */
  protected ListenerOptions() {
    sampleExamples = SAMPLE_EXAMPLES;
    sampleBytes = SAMPLE_BYTES;
  }

  /**
   * Whether to gather features from the training forward passes themselves too, under the split
   * {@code stream}; false unless set. They cost no pass of their own, but they are training-mode
   * features (dropout, statistics of batches) of weights that move from batch to batch, compared
   * with the class means of the epoch before: early in training they are far from the values of the
   * network at the end of the epoch, and not those of the literature.
   */
  public final B stream(boolean enabled) {
    stream = enabled;
    return self();
  }

  /**
   * How many examples of the training data are kept and measured in inference mode, under the split
   * {@code train}; {@value #SAMPLE_EXAMPLES} unless set, and 50 of each class at the least, so that
   * a rarer class has a larger share here than in training. They are drawn at random from the
   * batches of the first epoch, copied, and the same ever after. Of sequences and images that have
   * many labels each, fewer are kept. If there is a training probe, no sample is taken. Under
   * truncated back-propagation the segments of a sequence are its examples, each from an empty
   * state.
   *
   * @param examples at least 0; 0 for no sample
   * @throws IllegalArgumentException if it is negative
   */
  public final B sample(int examples) {
    if (examples < 0) {
      throw new IllegalArgumentException("A sample must have at least 0 examples, not " + examples);
    }
    sampleExamples = examples;
    return self();
  }

  /**
   * How much memory the sample may take, beside what the network itself takes to run over it; 128
   * MB unless set. Where that is less than the examples wanted, it has fewer.
   *
   * @param megabytes at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public final B sampleMegabytes(int megabytes) {
    sampleBytes = (long) requirePositive("sampleMegabytes", megabytes) << 20;
    return self();
  }

  /** Whether a new sample is drawn in every epoch; false unless set. */
  public final B resample(boolean enabled) {
    resample = enabled;
    return self();
  }

  /**
   * Observes at the end of every n-th epoch; every epoch unless set. Training that fires no epoch
   * events, as {@code fit(DataSet)}, is observed every 100 iterations.
   *
   * @throws IllegalArgumentException if n is below 1
   */
  public final B everyEpochs(int n) {
    everyEpochs = requirePositive("everyEpochs", n);
    everyIterations = 0;
    return self();
  }

  /**
   * Observes after every n-th iteration instead of at the end of epochs.
   *
   * @throws IllegalArgumentException if n is below 1
   */
  public final B everyIterations(int n) {
    everyIterations = requirePositive("everyIterations", n);
    return self();
  }

  private static int requirePositive(String option, int n) {
    if (n < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, not " + n);
    }
    return n;
  }
}
