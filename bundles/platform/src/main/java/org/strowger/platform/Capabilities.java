package org.strowger.platform;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.strowger.api.PlatformState.Capability;

/** What the kernel lets this process do: its effective capabilities (capabilities(7)). */
final class Capabilities {
  private record Known(int bit, String name, String what) {}

  /** Numbers of include/uapi/linux/capability.h. */
  private static final List<Known> KNOWN =
      List.of(
          new Known(10, "netBindService", "listen on ports below 1024"),
          new Known(12, "netAdmin", "put addresses on devices, show real servers the client"),
          new Known(13, "netRaw", "announce addresses, check direct routing and tunnels"),
          new Known(24, "sysResource", "raise its own limits"),
          new Known(38, "perfmon", "load programs into the kernel"),
          new Known(39, "bpf", "forward in the kernel"));

  private static final int SYS_ADMIN = 21;

  private Capabilities() {}

  static List<Capability> read(Tree tree) {
    BigInteger effective = BigInteger.ZERO;
    for (String line : tree.lines("proc/self/status")) {
      if (line.startsWith("CapEff:")) {
        effective = new BigInteger(line.substring(line.indexOf(':') + 1).strip(), 16);
      }
    }
    List<Capability> all = new ArrayList<>();
    for (Known known : KNOWN) {
      boolean given =
          effective.testBit(known.bit) || (known.bit > 37 && effective.testBit(SYS_ADMIN));
      String detail =
          given ? known.what : "give it CAP_" + constant(known.name) + " to " + known.what;
      all.add(new Capability(known.name, given, detail));
    }
    return all;
  }

  private static String constant(String name) {
    return name.replaceAll("([A-Z])", "_$1").toUpperCase(java.util.Locale.ROOT);
  }
}
