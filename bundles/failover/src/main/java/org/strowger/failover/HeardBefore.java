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

  private final Map<VirtualRouter, Map<InetAddress, Guard.Mark>> marks = new LinkedHashMap<>();

  /** Of all instances, before one of them is there. */
  void all(Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard) {
    marks.putAll(heard);
  }

  /** An instance goes. */
  void keep(VirtualRouter router, Map<InetAddress, Guard.Mark> heard) {
    if (heard.isEmpty()) {
      return;
    }
    marks.remove(router); // it stands where it went last
    marks.put(router, heard);
    var eldest = marks.keySet().iterator();
    for (int over = marks.size() - MAX_GONE; over > 0; over--) {
      eldest.next();
      eldest.remove();
    }
  }

  /**
   * An instance comes, and remembers by itself from now on: also what was heard when it had another
   * name, or was at another device.
   */
  Map<InetAddress, Guard.Mark> take(VirtualRouter router) {
    Map<InetAddress, Guard.Mark> heard = new HashMap<>();
    marks.forEach(
        (before, of) -> {
          if (router.hears(before)) {
            of.forEach((source, mark) -> heard.merge(source, mark, Guard.Mark::later));
          }
        });
    // One by another name may be of an instance that comes, too.
    marks.keySet().removeIf(before -> before.routerId() == 0 && router.hears(before));
    marks.remove(router);
    return heard;
  }

  /** Of those that are not there; the caller's own. */
  Map<VirtualRouter, Map<InetAddress, Guard.Mark>> all() {
    return new LinkedHashMap<>(marks);
  }
}
