package org.strowger.director;

import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.strowger.api.AdminState;
import org.strowger.api.Configuration;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Reason;
import org.strowger.api.Why;

/**
 * Real servers that stand for each other: while the tracked one is down or drained, so are they.
 */
final class Tracking {
  private final Configuration wanted;
  private final Map<RealServerId, Finding> found;
  private final Set<RealServerId> done = new HashSet<>();

  /**
   * @param found is changed
   */
  Tracking(Configuration wanted, Map<RealServerId, Finding> found) {
    this.wanted = wanted;
    this.found = found;
  }

  void resolve() {
    wanted.pools().values().stream()
        .flatMap(pool -> pool.realServers().values().stream())
        .forEach(this::resolve);
  }

  private void resolve(RealServer real) {
    Optional<RealServer> tracked = real.track().flatMap(wanted::realServer);
    if (tracked.isEmpty() || !done.add(real.id())) {
      return;
    }
    resolve(tracked.get()); // first, for it may track another one; the rules refuse circles
    RealServerId id = tracked.get().id();
    Finding its = Objects.requireNonNull(found.get(id));
    AdminState state = admin(tracked.get(), its);
    Finding own = Objects.requireNonNull(found.get(real.id()));
    Optional<String> down =
        state == AdminState.OUT_OF_SERVICE
            ? Optional.of("out of service")
            : its.down().map(fault -> "down: " + fault.text());
    String text = "it tracks " + id + ", which is " + down.orElse("drained");
    if (down.isPresent()) {
      own = own.downBy(new Finding.Fault(Reason.DEPENDENCY, text));
    } else if (state == AdminState.DRAIN) {
      own = own.drainedBy(Reason.DEPENDENCY, text);
    } else {
      text = "it tracks " + id + ", which serves";
    }
    boolean serves = down.isEmpty() && state == AdminState.IN_SERVICE;
    found.put(real.id(), own.saying(new Why.Evidence("track", serves, text)));
  }

  private AdminState admin(RealServer tracked, Finding its) {
    AdminState ofPool =
        Objects.requireNonNull(wanted.pools().get(tracked.id().pool())).adminState();
    AdminState own = its.acting().adminState();
    return ofPool.code() > own.code() ? ofPool : own;
  }
}
