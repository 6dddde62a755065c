package org.strowger.relay;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.strowger.api.RealServerId;

/**
 * Which real server the pages of a key belong to. Each key is taken apart once: a report reads
 * 10,000 of them, several times a second while somebody polls, and to check so many names anew took
 * most of its time. No larger than twice the ledger. Any thread.
 */
final class LedgerNames {
  private static final int SPARE = 1_024;

  private final Map<String, Optional<RealServerId>> known = new ConcurrentHashMap<>();

  /** Empty for the pages of a service, of the wire, and of a name that is none. */
  Optional<RealServerId> real(String key) {
    Optional<RealServerId> present = known.get(key);
    return present != null ? present : known.computeIfAbsent(key, LedgerNames::parsed);
  }

  private static Optional<RealServerId> parsed(String key) {
    int bar = key.indexOf('|');
    return bar < 0 ? Optional.empty() : RealServerId.parse(key.substring(bar + 1));
  }

  /** Forgets what is in the ledger no more, once that is worth it. */
  void trim(Set<String> present) {
    if (known.size() > 2 * present.size() + SPARE) {
      known.keySet().retainAll(present);
    }
  }

  int size() {
    return known.size();
  }
}
