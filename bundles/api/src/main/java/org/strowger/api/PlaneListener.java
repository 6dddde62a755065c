package org.strowger.api;

/** Receives a plane's events, on any of its threads; must return at once. */
public interface PlaneListener {
  void on(PlaneEvent event);
}
