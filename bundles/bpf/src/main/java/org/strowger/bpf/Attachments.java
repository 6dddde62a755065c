package org.strowger.bpf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.BpfHook;
import org.strowger.api.KernelException;
import org.strowger.api.KernelSettings;
import org.strowger.api.Network;
import org.strowger.api.NetworkDevice;

/**
 * Which device has which program. All have the one at traffic control; one with XDP has that before
 * it, which leaves to tc what it cannot do. So a device that cannot have XDP still forwards.
 *
 * <p>Guarded by the plane's lock.
 */
final class Attachments {
  private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
  private static final String ON = "1";

  private final Pins pins;
  private final Network network;

  Attachments(Pins pins, Network network) {
    this.pins = pins;
    this.network = network;
  }

  /** Makes it so; sentences about what could not be. */
  List<String> apply(KernelSettings wanted) throws IOException {
    List<String> wrong = new ArrayList<>();
    Set<Attachment> places = new HashSet<>();
    Set<String> missing = new HashSet<>(wanted.xdpInterfaces());
    missing.addAll(wanted.xdpGenericInterfaces());
    boolean anyXdp = !missing.isEmpty();
    for (NetworkDevice device : network.devices()) {
      if (device.up() && !device.loopback() && device.mac().isPresent()) {
        places.add(new Attachment(device.index(), BpfHook.TC_INGRESS));
        if (anyXdp) {
          letXdpAskForWays(device, wrong);
        }
        if (missing.remove(device.name())) {
          tellStation(device);
          boolean generic = wanted.xdpGenericInterfaces().contains(device.name());
          BpfHook hook = generic ? BpfHook.XDP_GENERIC : BpfHook.XDP_NATIVE;
          places.add(new Attachment(device.index(), hook));
        }
      }
    }
    missing.forEach(
        name -> wrong.add("director.xdpInterfaces: there is no network device " + name + " up"));
    pins.attach(places)
        .forEach((place, why) -> wrong.add("device " + place.pin() + ": not attached: " + why));
    return wrong;
  }

  /**
   * XDP meets frames for other stations too, and compares. A veth whose peer has no program of XDP
   * keeps what XDP_TX sends until something else wakes the peer (veth_xdp_flush); what is
   * redirected arrives, if the peer has generic receive offload on.
   */
  private void tellStation(NetworkDevice device) throws KernelException {
    var station = Octets.zeros(8);
    station.put(0, device.mac().orElseThrow().bytes());
    station.put(6, (byte) (device.kind().equals("veth") ? 1 : 0));
    pins.maps().put("devices", Octets.key(device.index()), station);
  }

  /** The kernel tells XDP of routes and neighbours only where it forwards by itself. */
  private void letXdpAskForWays(NetworkDevice device, List<String> wrong) {
    for (String family : List.of("ipv4", "ipv6")) {
      String key = "net/" + family + "/conf/" + device.name() + "/forwarding";
      try {
        if (!network.setting(key).strip().equals(ON)) {
          network.set(key, ON);
          LOG.atInfo().log("{} set to 1: XDP asks the kernel for ways", key);
        }
      } catch (KernelException e) {
        if (family.equals("ipv4")) { // a host without IPv6 has no such key
          wrong.add("packets to " + device.name() + " are left to tc: " + e.getMessage());
        }
      }
    }
  }
}
