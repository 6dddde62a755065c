package org.strowger.failover;

import org.strowger.api.VrrpInstance;

/**
 * Which virtual router an instance is: what is heard is of that, and the name is only what the
 * operator calls it. An advert is for no other number and family.
 *
 * @param instance its name
 * @param device empty in what a release before this one kept, as is the number: 0
 */
record VirtualRouter(String instance, String device, int routerId, boolean ipv6) {
  static VirtualRouter of(VrrpInstance wanted) {
    return new VirtualRouter(wanted.name(), wanted.device(), wanted.routerId(), wanted.ipv6());
  }

  /**
   * Whether what was heard for that one could be played to this one: by another name, or device.
   */
  boolean hears(VirtualRouter before) {
    boolean same = instance.equals(before.instance);
    if (before.routerId == 0) {
      return same;
    }
    return routerId == before.routerId
        && ipv6 == before.ipv6
        && (same || device.equals(before.device));
  }

  /** One word; a name has no @, and a device no slash. */
  String word() {
    return routerId == 0
        ? instance
        : "%s@%s/%d/%d".formatted(instance, device, routerId, ipv6 ? 6 : 4);
  }

  /**
   * Reads what {@link #word} has written.
   *
   * @throws IllegalArgumentException if it is none
   */
  static VirtualRouter read(String word) {
    int at = word.indexOf('@');
    if (at < 0) {
      return new VirtualRouter(word, "", 0, false);
    }
    String[] parts = word.substring(at + 1).split("/", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("'" + word + "': expected NAME@DEVICE/NUMBER/FAMILY");
    }
    int number = Integer.parseInt(parts[1]);
    return new VirtualRouter(word.substring(0, at), parts[0], number, parts[2].equals("6"));
  }
}
