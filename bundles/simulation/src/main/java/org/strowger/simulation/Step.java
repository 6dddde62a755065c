package org.strowger.simulation;

/** One thing that happens in a scenario. */
sealed interface Step {
  /**
   * Connections one after another from the client 10.1.0.{@code host}, all kept open.
   *
   * @param host 2 to 254
   */
  record Open(int host, int count) implements Step {}

  /** The client closes the connection opened as number {@code connection}, from 0. */
  record Close(int connection) implements Step {}

  /** Real server {@code real} is edited to have this weight. */
  record Weight(int real, int weight) implements Step {}

  /** Real server {@code real} is removed. */
  record Delete(int real) implements Step {}

  /** Nothing happens for so long. */
  record Sleep(long nanos) implements Step {}
}
