package org.strowger.api;

/** Receives events on the director's thread, one after the other; must return at once. */
public interface DirectorListener {
  void on(DirectorEvent event);
}
