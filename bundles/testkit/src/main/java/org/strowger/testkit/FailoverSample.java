package org.strowger.testkit;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.SwitchReason;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpInstanceState;

/** One VRRP instance with everything that it can carry, as a director would show it. */
public final class FailoverSample {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.10");
  private static final InetAddress SIX = InetAddress.ofLiteral("192.0.2.11");
  private static final InetAddress PEER = InetAddress.ofLiteral("192.0.2.2");

  public static final VrrpInstance GATE =
      new VrrpInstance(
          "gate",
          "eth0",
          3,
          51,
          150,
          Duration.ofMillis(100),
          true,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          List.of(ADDRESS, SIX),
          Optional.of(InetAddress.ofLiteral("192.0.2.1")),
          List.of(PEER),
          true,
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          new VrrpInstance.Signing(List.of("new", "old"), true),
          Map.of("uplink", 30),
          true);

  public static final Vrrp WANTED = new Vrrp(Map.of(GATE.name(), GATE), Map.of());

  private FailoverSample() {}

  /** It is active, with one of its addresses, and lowered by what it tracks. */
  public static FailoverState state(Instant at) {
    VrrpInstanceState gate =
        new VrrpInstanceState(
            "gate",
            DirectorRole.ACTIVE,
            at,
            SwitchReason.PEER_LOST,
            "192.0.2.2 fell silent",
            120,
            GATE.source(),
            120,
            List.of(ADDRESS),
            361,
            false,
            List.of("uplink"),
            2,
            1,
            new VrrpCounters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
    return new FailoverState(
        new TreeMap<>(Map.of("gate", gate)),
        List.of(
            moved(2, at, DirectorRole.BACKUP, DirectorRole.ACTIVE, SwitchReason.PEER_LOST),
            moved(
                1,
                at.minusSeconds(60),
                DirectorRole.ACTIVE,
                DirectorRole.BACKUP,
                SwitchReason.USER)),
        Optional.empty());
  }

  private static FailoverState.Switch moved(
      long number, Instant at, DirectorRole from, DirectorRole to, SwitchReason why) {
    return new FailoverState.Switch(number, at, "gate", from, to, why, Optional.of(PEER), 7);
  }
}
