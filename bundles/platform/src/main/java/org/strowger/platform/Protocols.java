package org.strowger.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The counters of the kernel's protocols under the names it gives them. /proc/net/snmp and netstat
 * have pairs of lines, names and values; /proc/net/snmp6 has a name and a value in each.
 */
final class Protocols {
  private Protocols() {}

  static SortedMap<String, Long> read(Tree tree) {
    SortedMap<String, Long> values = new TreeMap<>();
    pairs(tree.lines("proc/net/snmp"), values);
    pairs(tree.lines("proc/net/netstat"), values);
    for (String line : tree.lines("proc/net/snmp6")) {
      List<String> words = Tree.words(line);
      if (words.size() == 2) {
        values.put(name6(words.getFirst()), Tree.parse(words.getLast(), 0));
      }
    }
    return values;
  }

  private static void pairs(List<String> lines, SortedMap<String, Long> values) {
    for (int i = 0; i + 1 < lines.size(); i += 2) {
      List<String> names = Tree.words(lines.get(i));
      List<String> numbers = Tree.words(lines.get(i + 1));
      boolean pair = names.size() == numbers.size() && names.getFirst().equals(numbers.getFirst());
      if (pair) {
        String protocol = names.getFirst().replace(":", "");
        for (int at = 1; at < names.size(); at++) {
          values.put(protocol + "." + names.get(at), Tree.parse(numbers.get(at), 0));
        }
      }
    }
  }

  /** {@code Ip6InReceives} as {@code Ip6.InReceives}, like those of version 4. */
  private static String name6(String name) {
    for (String protocol : new ArrayList<>(List.of("UdpLite6", "Udp6", "Icmp6", "Ip6"))) {
      if (name.startsWith(protocol)) {
        return protocol + "." + name.substring(protocol.length());
      }
    }
    return name;
  }
}
