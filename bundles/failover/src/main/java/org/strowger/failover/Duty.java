package org.strowger.failover;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.strowger.api.AdminState;
import org.strowger.api.Reason;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualServiceState;
import org.strowger.api.VrrpInstance;

/**
 * Whether this director can do what an active one is for: forward to at least one of the virtual
 * services at the instance's addresses. Whether their real servers live is not asked: the other
 * director sees the same ones. Of the thread failover.
 */
final class Duty {
  static final String TEXT =
      "no virtual service at its addresses can be forwarded by this director";

  /** Longer than any bundle is away while it is updated. */
  private static final long AWAY_NANOS = 15 * Advert.SECOND;

  /** So long a director may start before that is called a fault. */
  private static final long STARTS_NANOS = 30 * Advert.SECOND;

  enum Judgement {
    GOOD,
    /** It is still starting. */
    UNKNOWN,
    BAD
  }

  private final Map<String, Long> badSince = new HashMap<>();
  private final Map<String, Long> unseenSince = new HashMap<>();
  private final Set<String> wasGood = new HashSet<>();

  /** These are the instances: of others nothing is remembered. */
  void retain(Set<String> names) {
    badSince.keySet().retainAll(names);
    unseenSince.keySet().retainAll(names);
    wasGood.retainAll(names);
  }

  Judgement judge(VrrpInstance wanted, Around around, long now) {
    if (around.snapshot().isEmpty()) { // no evidence
      return unseen(wanted.name(), now);
    }
    if (forwards(wanted, around.snapshot().get(), around.bindsElsewhere())) {
      badSince.remove(wanted.name());
      wasGood.add(wanted.name());
      return Judgement.GOOD;
    }
    badSince.putIfAbsent(wanted.name(), now);
    return since(wanted.name(), now);
  }

  /** Who was never seen may still be starting; that nobody can look is no fault of it. */
  private Judgement unseen(String name, long now) {
    if (badSince.containsKey(name)) {
      return since(name, now);
    }
    boolean starts = now - unseenSince.computeIfAbsent(name, first -> now) < STARTS_NANOS;
    return starts && !wasGood.contains(name) ? Judgement.UNKNOWN : Judgement.GOOD;
  }

  private Judgement since(String name, long now) {
    long lasts = now - badSince.getOrDefault(name, now);
    if (wasGood.contains(name)) {
      return lasts < AWAY_NANOS ? Judgement.GOOD : Judgement.BAD;
    }
    return lasts < STARTS_NANOS ? Judgement.UNKNOWN : Judgement.BAD;
  }

  private static boolean forwards(VrrpInstance wanted, Snapshot snapshot, boolean bindsElsewhere) {
    List<String> services =
        snapshot.configuration().virtualServices().values().stream()
            .filter(each -> each.adminState() == AdminState.IN_SERVICE)
            .filter(each -> wanted.addresses().contains(each.address()))
            .map(each -> each.name())
            .toList();
    return services.isEmpty()
        || services.stream()
            .anyMatch(name -> forwards(snapshot.services().get(name), bindsElsewhere));
  }

  private static boolean forwards(
      @org.jspecify.annotations.Nullable VirtualServiceState state, boolean bindsElsewhere) {
    if (state == null) {
      return false;
    }
    // Where it can only listen at an address that is here, it has to be active first.
    boolean deaf = state.reason() == Reason.RESOURCE && bindsElsewhere;
    return state.reason() != Reason.NO_FORWARDER && !deaf;
  }
}
