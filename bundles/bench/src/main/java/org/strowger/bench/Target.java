package org.strowger.bench;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Where a load goes: an address and a port, written {@code 10.46.3.1:80}. */
record Target(String address, int port) {
  static Target parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("'" + text + "': expected ADDRESS:PORT");
    }
    return new Target(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  static List<Target> parseAll(String text) {
    return Arrays.stream(text.split(",")).map(Target::parse).toList();
  }

  static String join(List<Target> targets) {
    return targets.stream().map(Target::toString).collect(Collectors.joining(","));
  }

  InetSocketAddress socketAddress() {
    return InetSocketAddress.createUnresolved(address, port);
  }

  @Override
  public String toString() {
    return address + ":" + port;
  }
}
