package org.strowger.snmp;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Director;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.Origin;

/**
 * Which switches are to be told: each once, in order. What was there at the first look is not. The
 * agent's thread only.
 */
final class HaWatch {
  private static final Logger log = LoggerFactory.getLogger(HaWatch.class);

  private OptionalLong told = OptionalLong.empty();

  List<Notification> look(FailoverState now, long upTime) {
    long last = now.switches().stream().mapToLong(FailoverState.Switch::number).max().orElse(0);
    long before = told.orElse(last);
    told = OptionalLong.of(last);
    return now.switches().reversed().stream()
        .filter(each -> each.number() > before)
        .map(each -> HaObjects.switched(each, upTime))
        .toList();
  }

  /** Has it done on a thread of its own, for it may take seconds; the director audits it. */
  static void ask(@Nullable Director director, FailoverCommand command, Origin origin) {
    if (director != null) {
      Thread _ =
          Thread.ofVirtual()
              .name("snmp-failover")
              .start(
                  () ->
                      director
                          .failover(command, "", origin)
                          .ifPresent(why -> log.warn("{}: {}", command.word(), why)));
    }
  }
}
