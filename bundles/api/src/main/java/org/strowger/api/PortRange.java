package org.strowger.api;

/**
 * The ports of a virtual service, both included; written {@code 80}, {@code 5060-5070} or {@code
 * all}.
 *
 * @param first 1 to 65535
 * @param last {@code first} to 65535
 */
public record PortRange(int first, int last) {
  public static final int MAX = 65535;
  public static final PortRange ALL = new PortRange(1, MAX);

  public PortRange {
    if (first < 1 || last < first || last > MAX) {
      throw new IllegalArgumentException("ports " + first + " to " + last);
    }
  }

  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  public boolean single() {
    return first == last;
  }

  public int size() {
    return last - first + 1;
  }

  public boolean contains(int port) {
    return port >= first && port <= last;
  }

  /** True if a port belongs to both. */
  public boolean overlaps(PortRange other) {
    return first <= other.last && other.first <= last;
  }

  /** As it is written in the configuration. */
  @Override
  public String toString() {
    if (equals(ALL)) {
      return "all";
    }
    return single() ? Integer.toString(first) : first + "-" + last;
  }
}
