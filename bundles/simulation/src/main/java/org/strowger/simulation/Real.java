package org.strowger.simulation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.strowger.api.RealServerId;

/**
 * A real server of a running scenario: {@code 10.2.i.2:80}, with its connections and the overload
 * flag with hysteresis. The flag rises when a connection makes the total reach the upper threshold.
 * It falls when a connection goes and leaves fewer than the lower threshold, or where there is none
 * fewer than three quarters of the upper one.
 */
final class Real {
  private static final int PORT = 80;

  final int number;
  final RealServerId id;
  final InetSocketAddress address;
  private final Rules rules;
  private final int upper;
  private final int lower;
  private int weight;
  private boolean overloaded;
  private long active;
  private long inactive;

  Real(int number, Scenario.Server server, Rules rules) {
    this.number = number;
    this.rules = rules;
    this.id = new RealServerId("simulated", String.valueOf(number));
    this.address = new InetSocketAddress(addressOf(number), PORT);
    this.weight = server.weight();
    this.upper = server.upper();
    this.lower = server.lower();
  }

  private static InetAddress addressOf(int number) {
    try {
      return InetAddress.getByAddress(
          new byte[] {10, (byte) (2 + number / 256), (byte) (number % 256), 2});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  int weight() {
    return weight;
  }

  boolean overloaded() {
    return overloaded;
  }

  long active() {
    return active;
  }

  long inactive() {
    return inactive;
  }

  void opened() {
    active++;
    if (upper > 0 && active + inactive >= upper) {
      overloaded = true;
    }
  }

  /** Closing: still held for a while, and counted as inactive. */
  void closing() {
    active--;
    inactive++;
  }

  void gone() {
    inactive--;
    long total = active + inactive;
    boolean hold;
    if (lower > 0) {
      hold = total >= lower;
    } else {
      hold = upper > 0 && 4 * total >= 3L * upper;
    }
    overloaded &= hold || atItsLimit();
  }

  /** An edit; the thresholds stay what they are. */
  void edit(int newWeight) {
    weight = newWeight;
    overloaded = upper > 0 && (overloaded || atItsLimit());
  }

  /** Hard by our rules. The kernel looks at the upper threshold only when a connection comes. */
  private boolean atItsLimit() {
    return rules == Rules.OURS && upper > 0 && active + inactive >= upper;
  }
}
