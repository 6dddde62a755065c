package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.SwitchReason;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstanceState;

/** When the addresses of this director may be given away. */
class HandsTest {
  private static final VrrpCounters NONE =
      new VrrpCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static VrrpInstanceState instance(
      String name, DirectorRole role, Optional<InetAddress> a) {
    return new VrrpInstanceState(
        name,
        role,
        Instant.EPOCH,
        SwitchReason.NONE,
        "",
        100,
        a,
        a.isPresent() ? 100 : 0,
        List.of(),
        3_000,
        false,
        List.of(),
        0,
        0,
        NONE);
  }

  private static Optional<String> whyNot(VrrpInstanceState... instances) {
    TreeMap<String, VrrpInstanceState> all = new TreeMap<>();
    for (VrrpInstanceState each : instances) {
      all.put(each.name(), each);
    }
    return Hands.whyNotHandOver(new FailoverState(all, List.of(), Optional.empty()));
  }

  @Test
  void theOnlyOneThatServesGivesNothingAway() throws Exception {
    Optional<InetAddress> here = Optional.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
    Optional<InetAddress> there = Optional.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 2}));
    VrrpInstanceState serves = instance("a", DirectorRole.ACTIVE, here);
    VrrpInstanceState silence = instance("b", DirectorRole.BACKUP, Optional.empty());
    VrrpInstanceState follows = instance("b", DirectorRole.BACKUP, there);

    assertEquals(Optional.of("this director is alone: no VRRP instance is configured"), whyNot());
    assertEquals(Optional.of("no other director is heard"), whyNot(serves));
    assertEquals(Optional.of("no other director is heard"), whyNot(serves, silence));
    assertEquals(
        Optional.of("this director is not active, so it has nothing to hand over"),
        whyNot(follows));
    assertEquals(Optional.empty(), whyNot(serves, follows));
  }
}
