package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.SwitchReason;
import org.strowger.api.SyncState;
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
    return whyNot(SyncState.NONE, instances);
  }

  private static Optional<String> whyNot(SyncState sync, VrrpInstanceState... instances) {
    TreeMap<String, VrrpInstanceState> all = new TreeMap<>();
    for (VrrpInstanceState each : instances) {
      all.put(each.name(), each);
    }
    return Hands.whyNotHandOver(new FailoverState(all, List.of(), Optional.empty()), sync);
  }

  private static SyncState told(boolean connected, SyncState.Bulk copy, long lagMillis)
      throws UnknownHostException {
    SyncState.Peer peer =
        new SyncState.Peer(
            "other",
            InetAddress.getByAddress(new byte[] {10, 0, 0, 2}),
            connected,
            Instant.EPOCH,
            "0.1.0",
            copy,
            SyncState.Bulk.DONE,
            Optional.empty(),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            lagMillis,
            lagMillis,
            0,
            10_000);
    return new SyncState(true, Optional.empty(), 0, 0, new TreeMap<>(Map.of("other", peer)));
  }

  @Test
  void oneOnStandbyThatIsToldTheConnectionsInTimeCanTakeOver() throws Exception {
    Optional<InetAddress> here = Optional.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
    VrrpInstanceState serves = instance("a", DirectorRole.ACTIVE, here);
    Optional<String> nobody = Optional.of("no other director is heard");

    assertEquals(Optional.empty(), whyNot(told(true, SyncState.Bulk.DONE, 20), serves));
    assertEquals(nobody, whyNot(told(false, SyncState.Bulk.DONE, 20), serves));
    assertEquals(nobody, whyNot(told(true, SyncState.Bulk.RUNNING, 20), serves));
    assertEquals(nobody, whyNot(told(true, SyncState.Bulk.DONE, 5_000), serves));
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
