package org.strowger.snmp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.strowger.api.LinkState;
import org.strowger.api.NetworkDeviceState;

/**
 * Which links came and went since the last look (RFC 2863, 3.1.9): linkDown when a link leaves any
 * state for down, linkUp when it leaves down. A link that went and came back in between is known by
 * the kernel's count and told as both. What is there at the first look is not told. The agent's
 * thread only.
 */
final class LinkWatch {
  private record Known(LinkState link, long downs) {}

  private Map<Integer, Known> known = new HashMap<>();
  private boolean looked;

  List<Notification> look(List<NetworkDeviceState> devices, long upTime) {
    List<Notification> told = new ArrayList<>();
    Map<Integer, Known> now = new HashMap<>();
    for (NetworkDeviceState device : devices) {
      Known before = known.get(device.index());
      now.put(device.index(), new Known(device.link(), device.linkDowns()));
      if (before != null) {
        told.addAll(changes(before, device, upTime));
      } else if (looked && !down(device.link())) {
        told.add(InterfaceObjects.notification(device, LinkState.UP, upTime)); // it is new
      }
    }
    known = now;
    looked = true;
    return told;
  }

  private static List<Notification> changes(Known before, NetworkDeviceState now, long upTime) {
    List<Notification> told = new ArrayList<>();
    boolean was = down(before.link());
    boolean is = down(now.link());
    boolean between = !was && !is && now.linkDowns() > before.downs();
    if (between || (!was && is)) {
      told.add(InterfaceObjects.notification(now, is ? now.link() : LinkState.DOWN, upTime));
    }
    if (between || (was && !is)) {
      told.add(InterfaceObjects.notification(now, LinkState.UP, upTime));
    }
    return told;
  }

  private static boolean down(LinkState link) {
    return switch (link) {
      case DOWN, NOT_PRESENT, LOWER_LAYER_DOWN -> true;
      case UP, TESTING, UNKNOWN, DORMANT -> false;
    };
  }
}
