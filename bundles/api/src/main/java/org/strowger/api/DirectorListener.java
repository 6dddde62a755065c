package org.strowger.api;

/**
 * Receives events in order, one after the other, on a thread of its own: what an event tells may be
 * old by then, and the present is in {@link Director#snapshot}. A call that takes longer than 30 s
 * is interrupted and its bundle alarmed. When more than 10,000 events wait, the oldest are dropped.
 */
public interface DirectorListener {
  void on(DirectorEvent event);
}
