package org.strowger.bpf;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.strowger.api.AccessList;
import org.strowger.api.KernelException;
import org.strowger.api.Prefix;
import org.strowger.api.VirtualService;

/**
 * The access lists of all virtual services, in one trie of longest prefixes. An edit writes what is
 * new before it deletes what is gone, so that nobody is let in for a moment by a gap.
 */
final class AccessEntries {
  private static final int KEY = 24;
  private static final int ALLOW = 1;
  private static final int DENY = 2;
  private static final int SERVICE_BITS = 32;
  private static final int MAPPED_BITS = 96;

  private record Entry(int service, InetAddress address, int length) {
    ByteBuffer octets() {
      boolean ipv4 = address instanceof Inet4Address;
      ByteBuffer octets = Octets.zeros(KEY);
      octets.putInt(0, SERVICE_BITS + (ipv4 ? MAPPED_BITS : 0) + length);
      octets.putInt(4, service);
      Octets.address(octets, 8, address);
      return octets;
    }
  }

  private final KernelMaps maps;
  private final Map<Entry, Integer> written = new HashMap<>();

  AccessEntries(KernelMaps maps) throws KernelException {
    this.maps = maps;
    maps.map("access_list")
        .forEach(
            (key, value) -> {
              ByteBuffer octets = Octets.order(key);
              InetAddress address = Octets.address(octets, 8);
              int bits = octets.getInt(0) - SERVICE_BITS;
              int length = address instanceof Inet4Address ? bits - MAPPED_BITS : bits;
              written.put(
                  new Entry(octets.getInt(4), address, length), Octets.order(value).getInt(0));
              return true;
            });
  }

  static boolean any(VirtualService service) {
    return !service.access().equals(AccessList.ALL);
  }

  /** Writes what is new of a service's list; before its value says that the list is asked. */
  void write(int service, AccessList list) throws KernelException {
    for (Map.Entry<Entry, Integer> each : entries(service, list).entrySet()) {
      if (!each.getValue().equals(written.get(each.getKey()))) {
        ByteBuffer value = Octets.zeros(Integer.BYTES).putInt(0, each.getValue());
        maps.put("access_list", each.getKey().octets(), value);
        written.put(each.getKey(), each.getValue());
      }
    }
  }

  /** Deletes what none of these services has in its list. */
  void retain(Collection<BoundService> services) throws KernelException {
    Set<Entry> gone = new HashSet<>(written.keySet());
    for (BoundService each : services) {
      AccessList list = each.forwarded().service().access();
      gone.removeAll(entries(each.index(), list).keySet());
    }
    for (Entry each : gone) {
      maps.map("access_list").delete(each.octets());
      written.remove(each);
    }
  }

  private static Map<Entry, Integer> entries(int service, AccessList list) {
    Map<Entry, Integer> entries = new HashMap<>();
    list.allow().forEach(prefix -> entries.put(entry(service, prefix), ALLOW));
    list.deny().forEach(prefix -> entries.put(entry(service, prefix), DENY)); // before allow
    return entries;
  }

  private static Entry entry(int service, Prefix prefix) {
    return new Entry(service, prefix.address(), prefix.length());
  }
}
