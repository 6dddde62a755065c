package org.strowger.failover;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.strowger.api.VrrpInstance;

/**
 * What was heard of senders, of instances that are not there now: should one come again, nothing
 * that was recorded meanwhile is taken. Of the engine's thread.
 */
final class HeardBefore {
  /** Instances that are gone and remembered: the one that went first is forgotten first. */
  static final int MAX_GONE = VrrpInstance.MAX_INSTANCES;

  private final Map<String, Map<InetAddress, Guard.Mark>> marks = new LinkedHashMap<>();

  /** Of all instances, before one of them is there. */
  void all(Map<String, Map<InetAddress, Guard.Mark>> heard) {
    marks.putAll(heard);
  }

  /** An instance goes. */
  void keep(String name, Map<InetAddress, Guard.Mark> heard) {
    if (heard.isEmpty()) {
      return;
    }
    marks.put(name, heard);
    var eldest = marks.keySet().iterator();
    for (int over = marks.size() - MAX_GONE; over > 0; over--) {
      eldest.next();
      eldest.remove();
    }
  }

  /** An instance comes, and remembers by itself from now on. */
  Map<InetAddress, Guard.Mark> take(String name) {
    Map<InetAddress, Guard.Mark> heard = marks.remove(name);
    return heard == null ? Map.of() : heard;
  }

  /** Of those that are not there; the caller's own. */
  Map<String, Map<InetAddress, Guard.Mark>> all() {
    return new HashMap<>(marks);
  }
}
