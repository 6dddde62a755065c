package org.strowger.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Who is measured by {@code bench kernel}. */
enum KernelKind implements Contestant {
  DIRECT(Contestant.DIRECT, House.NONE, ""),
  ROUTED("routed", House.PLAIN, ""),
  DIRECT_TC("strowger-direct-tc", House.TC, "direct"),
  TUNNEL_TC("strowger-tunnelIpip-tc", House.TC, "tunnelIpip"),
  MASQUERADING_TC("strowger-masquerading-tc", House.TC, "masquerading"),
  FULLNAT_TC("strowger-fullnat-tc", House.TC, "fullnat"),
  DIRECT_XDP("strowger-direct-xdp", House.XDP, "direct"),
  TUNNEL_XDP("strowger-tunnelIpip-xdp", House.XDP, "tunnelIpip"),
  MASQUERADING_XDP("strowger-masquerading-xdp", House.XDP, "masquerading"),
  FULLNAT_XDP("strowger-fullnat-xdp", House.XDP, "fullnat"),
  NFTABLES("nftables", House.NFTABLES, ""),
  IPVS_DIRECT("ipvs-dr", House.IPVS, ""),
  IPVS_MASQUERADING("ipvs-nat", House.IPVS, ""),
  HAPROXY("haproxy", House.PLAIN, ""),
  NGINX("nginx", House.PLAIN, "");

  /** Where a director runs: one that leaves something in the kernel has a namespace of its own. */
  enum House {
    NONE,
    PLAIN,
    NFTABLES,
    IPVS,
    TC,
    XDP;

    /** Name of its network namespace, and of its device at the bridge: 15 characters at most. */
    String word() {
      return "at-" + name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private final String word;
  private final House house;
  private final String forwarding;

  KernelKind(String word, House house, String forwarding) {
    this.word = word;
    this.house = house;
    this.forwarding = forwarding;
  }

  @Override
  public String word() {
    return word;
  }

  House house() {
    return house;
  }

  /** Of Strowger, the forwarding method; empty for others. */
  String forwarding() {
    return forwarding;
  }

  boolean strowger() {
    return !forwarding.isEmpty();
  }

  /** From 1; the last octet of what is its own: virtual address, clients' address. */
  int number() {
    return List.of(values()).indexOf(this) + 1;
  }

  /** Real servers answer through the director. */
  boolean answersThroughDirector() {
    return equals(ROUTED)
        || equals(NFTABLES)
        || equals(IPVS_MASQUERADING)
        || forwarding.equals("masquerading");
  }

  /** Real servers have the virtual address themselves. */
  boolean addressAtRealServers() {
    return equals(IPVS_DIRECT) || forwarding.equals("direct") || forwarding.equals("tunnelIpip");
  }

  /** A director that knows no datagrams, or was not asked for them. */
  boolean carriesDatagrams() {
    return !equals(HAPROXY) && !equals(NGINX);
  }

  /** Strowger at tc with this forwarding method. */
  static KernelKind atTc(String forwarding) {
    return Arrays.stream(values())
        .filter(kind -> kind.house == House.TC && kind.forwarding.equals(forwarding))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(forwarding));
  }

  static Optional<KernelKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
  }

  /** Why this one cannot take part here; empty if it can. */
  Optional<String> missing() {
    return switch (this) {
      case HAPROXY -> Kind.HAPROXY.missing();
      case NGINX -> Kind.NGINX.missing();
      case NFTABLES -> Kind.missing("nft", "nftables");
      case IPVS_DIRECT, IPVS_MASQUERADING ->
          Kind.missing("ipvsadm", "ipvsadm").or(KernelKind::withoutIpvs);
      case DIRECT_XDP, TUNNEL_XDP, MASQUERADING_XDP, FULLNAT_XDP ->
          Kind.missing("ethtool", "ethtool");
      default -> Optional.empty();
    };
  }

  private static Optional<String> withoutIpvs() {
    try {
      Shell.run("modprobe", "ip_vs");
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "this kernel has no IPVS: ./strowger bench kernel --lab boots one that has");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }
}
