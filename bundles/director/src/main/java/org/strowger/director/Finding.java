package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.strowger.api.AdminState;
import org.strowger.api.RealServer;
import org.strowger.api.Reason;
import org.strowger.api.Why;

/**
 * What the evidence about one real server comes to.
 *
 * @param down why it takes no connections; empty if nothing speaks against it
 * @param acting the real server with the weight and the admin state that its agents, a maintenance
 *     file and the one that it tracks give it
 * @param reason why its admin state is not the configured one; {@link Reason#NONE} if it is
 * @param text the same for people, or why its weight is 0
 * @param flapping how often it came and went, if that is too often
 * @param first what speaks before its checks
 * @param last what speaks after them
 */
record Finding(
    Optional<Fault> down,
    RealServer acting,
    Reason reason,
    String text,
    Optional<String> flapping,
    List<Why.Evidence> first,
    List<Why.Evidence> last) {
  Finding {
    first = List.copyOf(first);
    last = List.copyOf(last);
  }

  /** Something that keeps a real server down. */
  record Fault(Reason reason, String text) {}

  /** Nothing is known of it that was not configured. */
  static Finding plain(RealServer real) {
    return new Finding(
        Optional.empty(), real, Reason.NONE, "", Optional.empty(), List.of(), List.of());
  }

  /** It was up and failed, so that it starts slowly when it comes back. */
  boolean failed() {
    return down.filter(fault -> fault.reason() != Reason.CHECK_PENDING).isPresent();
  }

  /** The same, but down unless it is already. */
  Finding downBy(Fault fault) {
    return new Finding(
        down.or(() -> Optional.of(fault)), acting, reason, text, flapping, first, last);
  }

  /** The same, but drained unless its admin state is that or stricter already. */
  Finding drainedBy(Reason why, String sentence) {
    return acting.adminState() != AdminState.IN_SERVICE
        ? this
        : new Finding(
            down, acting.withAdminState(AdminState.DRAIN), why, sentence, flapping, first, last);
  }

  Finding saying(Why.Evidence more) {
    List<Why.Evidence> longer = new ArrayList<>(last);
    longer.add(more);
    return new Finding(down, acting, reason, text, flapping, first, longer);
  }

  /** All that speaks, with what the checks say. */
  List<Why.Evidence> with(List<Why.Evidence> checks) {
    List<Why.Evidence> all = new ArrayList<>(first);
    all.addAll(checks);
    all.addAll(last);
    return all;
  }
}
