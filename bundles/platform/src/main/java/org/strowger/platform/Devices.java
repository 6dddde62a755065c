package org.strowger.platform;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.strowger.api.LinkState;
import org.strowger.api.MacAddress;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.NetworkDeviceState.Counters;
import org.strowger.api.PlatformState;

/**
 * Network devices: counters of /proc/net/dev, which is that of this network namespace, and the rest
 * of /sys/class/net. A device that /sys does not know has come or gone meanwhile, or /sys is that
 * of another namespace: it is left out, for its index is not known. Used under the platform's lock.
 */
final class Devices {
  // include/uapi/linux/if.h
  private static final int IFF_UP = 0x1;
  private static final int IFF_PROMISC = 0x100;

  // Columns of /proc/net/dev (net/core/net-procfs.c).
  private static final int COLUMNS = 16;
  private static final int RX_BYTES = 0;
  private static final int RX_PACKETS = 1;
  private static final int RX_ERRORS = 2;
  private static final int RX_DROPPED = 3;
  private static final int RX_MULTICAST = 7;
  private static final int TX_BYTES = 8;
  private static final int TX_PACKETS = 9;
  private static final int TX_ERRORS = 10;
  private static final int TX_DROPPED = 11;

  private static final String LOWER = "lower_";

  private record Seen(boolean up, LinkState link, long changes, Instant since) {}

  private final Tree tree;
  private Map<Integer, Seen> seen = new HashMap<>();

  Devices(Tree tree) {
    this.tree = tree;
  }

  List<NetworkDeviceState> read(Instant now) {
    List<NetworkDeviceState> devices = new ArrayList<>();
    Map<Integer, Seen> still = new HashMap<>();
    for (String line : tree.lines("proc/net/dev")) {
      int colon = line.lastIndexOf(':'); // an alias of old has one in its name
      if (colon > 0 && devices.size() < PlatformState.MAX_DEVICES) {
        String name = line.substring(0, colon).strip();
        int index = (int) tree.number("sys/class/net/" + name + "/ifindex", 0);
        List<String> cells = Tree.words(line.substring(colon + 1));
        if (index > 0 && cells.size() >= COLUMNS) {
          devices.add(device(name, index, counters(cells), now, still));
        }
      }
    }
    seen = still;
    devices.sort(Comparator.comparingInt(NetworkDeviceState::index));
    return devices;
  }

  private NetworkDeviceState device(
      String name, int index, Counters counters, Instant now, Map<Integer, Seen> still) {
    String folder = "sys/class/net/" + name + "/";
    long flags = tree.number(folder + "flags", 0);
    boolean up = (flags & IFF_UP) != 0;
    LinkState link = link(tree.text(folder + "operstate"), up, folder);
    long ups = tree.number(folder + "carrier_up_count", 0);
    long downs = tree.number(folder + "carrier_down_count", 0);
    Seen before = seen.get(index);
    boolean same =
        before != null && before.up == up && before.link == link && before.changes == ups + downs;
    Instant changed = same && before != null ? before.since : now;
    still.put(index, new Seen(up, link, ups + downs, changed));
    return new NetworkDeviceState(
        index,
        name,
        tree.text(folder + "ifalias"),
        (int) tree.number(folder + "type", 0),
        tree.number(folder + "mtu", 0),
        Math.max(0, tree.number(folder + "speed", 0)),
        MacAddress.parse(tree.text(folder + "address")),
        up,
        (flags & IFF_PROMISC) != 0,
        tree.exists(folder + "device"),
        link,
        ups,
        downs,
        changed,
        lower(folder),
        counters);
  }

  /** The kernel links each device it stands on as {@code lower_NAME}. */
  private List<Integer> lower(String folder) {
    return tree.names(folder).stream()
        .filter(name -> name.startsWith(LOWER))
        .map(name -> (int) tree.number(folder + name + "/ifindex", 0))
        .filter(index -> index > 0)
        .sorted()
        .toList();
  }

  /**
   * The state of RFC 2863 as Linux tells it (Documentation/networking/operstates.rst); drivers that
   * tell none, the loopback device for one, work when they are up and have a carrier.
   */
  private LinkState link(String word, boolean up, String folder) {
    return switch (word) {
      case "up" -> LinkState.UP;
      case "down" -> LinkState.DOWN;
      case "testing" -> LinkState.TESTING;
      case "dormant" -> LinkState.DORMANT;
      case "notpresent" -> LinkState.NOT_PRESENT;
      case "lowerlayerdown" -> LinkState.LOWER_LAYER_DOWN;
      default -> {
        if (!up) {
          yield LinkState.DOWN;
        }
        yield tree.number(folder + "carrier", 0) == 1 ? LinkState.UP : LinkState.UNKNOWN;
      }
    };
  }

  private static Counters counters(List<String> cells) {
    return new Counters(
        Tree.parse(cells.get(RX_BYTES), 0),
        Tree.parse(cells.get(RX_PACKETS), 0),
        Tree.parse(cells.get(RX_MULTICAST), 0),
        Tree.parse(cells.get(RX_ERRORS), 0),
        Tree.parse(cells.get(RX_DROPPED), 0),
        Tree.parse(cells.get(TX_BYTES), 0),
        Tree.parse(cells.get(TX_PACKETS), 0),
        Tree.parse(cells.get(TX_ERRORS), 0),
        Tree.parse(cells.get(TX_DROPPED), 0));
  }
}
