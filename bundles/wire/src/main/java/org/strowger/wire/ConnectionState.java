package org.strowger.wire;

/** Where a connection stands; the words are shown to operators. */
enum ConnectionState {
  DECIDING("deciding"),
  WAITING("waiting"),
  CONNECTING("connecting"),
  ESTABLISHED("established"),
  HALF_CLOSED("halfClosed"),
  ENDED("ended");

  private final String word;

  ConnectionState(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
