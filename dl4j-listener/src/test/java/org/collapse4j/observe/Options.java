package org.collapse4j.observe;

/** The options of a listener that is none. */
final class Options extends ListenerOptions<Options> {
  @Override
  protected Options self() {
    return this;
  }
}
