package org.strowger.api;

/**
 * The log of the connections of a virtual service, under the logger {@code strowger.connections}.
 *
 * @param sample every how many connections one is logged; zero: none
 * @param rate most lines a second; those beyond are counted
 */
public record ConnectionLog(int sample, int rate) {
  public static final ConnectionLog NONE = new ConnectionLog(0, 100);
}
