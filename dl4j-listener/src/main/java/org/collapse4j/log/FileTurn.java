package org.collapse4j.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.nd4j.shade.guava.util.concurrent.Uninterruptibles;

/**
 * Keeps those apart who write to one file, be they threads or processes. None waits for its turn
 * longer than a stated time: what writes here is called by a training.
 */
record FileTurn(Path path, Duration longestWait) {
  /** How long a turn is waited for: longer than any writer takes to append. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(2);

  /** Keep the threads of this process apart, as locks of files keep processes apart. */
  private static final Map<Path, ReentrantLock> OF_THREADS = new ConcurrentHashMap<>();

  /** What is done with an open file. */
  @FunctionalInterface
  interface Access {
    void use(FileChannel file) throws IOException;
  }

  /**
   * Opens the file, creating it if it is missing, when nobody else writes to it.
   *
   * @throws IOException if others hold it for longer than the longest wait, or the access fails
   */
  void take(Access access) throws IOException {
    long deadline = System.nanoTime() + longestWait.toNanos();
    ReentrantLock turnOfThreads =
        OF_THREADS.computeIfAbsent(path.toAbsolutePath().normalize(), file -> new ReentrantLock());
    if (!Uninterruptibles.tryLockUninterruptibly(turnOfThreads, longestWait)) {
      throw heldTooLong();
    }
    try (FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      lock(file, deadline);
      uninterrupted(file, access);
    } finally {
      turnOfThreads.unlock();
    }
  }

  /** Waits for the lock of the file, which is released when the channel is closed. */
  private void lock(FileChannel file, long deadline) throws IOException {
    while (!isLocked(file)) {
      if (System.nanoTime() - deadline > 0) {
        throw heldTooLong();
      }
      Uninterruptibles.sleepUninterruptibly(BETWEEN_TRIES);
    }
  }

  private static boolean isLocked(FileChannel file) {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException heldInThisProcess) {
      return false; // By another class loader's copy of this class, or under another name.
    } catch (IOException noLocks) {
      return true; // Some network file systems have none: there a file is for one process.
    }
  }

  private IOException heldTooLong() {
    return new IOException(
        path
            + " has been held by others for "
            + longestWait.toMillis()
            + " ms, so nothing is added to it; a program may have locked it");
  }

  /** An interrupt that is pending would close the channel, and cost what is to be written. */
  static void uninterrupted(FileChannel file, Access access) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      access.use(file);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
