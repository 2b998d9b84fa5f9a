package org.collapse4j.dl4j;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What the whole library logs while this is open; the console gets nothing of it. */
public final class RecordedWarnings implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger("org.collapse4j");
  private final boolean additive = logger.isAdditive();
  private final Level level = logger.getLevel();
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  /** Starts to record. */
  public RecordedWarnings() {
    logger.setAdditive(false);
    logger.setLevel(Level.INFO);
    events.start();
    logger.addAppender(events);
  }

  /** The lines so far, each with its message filled in. */
  public List<String> lines() {
    return events.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** The lines that warn. */
  public List<String> warnings() {
    return events.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
    logger.setLevel(level);
    logger.setAdditive(additive);
  }
}
