package org.strowger.director;

import org.strowger.api.Verdict;

/** The limits that refuse new connections, by the key that configures them. */
enum Limit {
  DIRECTOR(Verdict.CONNECTION_LIMIT, "director.connectionLimit"),
  SOURCE_CONNECTIONS(Verdict.CONNECTION_LIMIT, "limits.connectionsPerSource"),
  SOURCE_RATE(Verdict.RATE_LIMIT, "limits.ratePerSource"),
  RATE(Verdict.RATE_LIMIT, "limits.rate"),
  CONNECTIONS(Verdict.CONNECTION_LIMIT, "limits.connections");

  private final Verdict verdict;
  private final String key;

  Limit(Verdict verdict, String key) {
    this.verdict = verdict;
    this.key = key;
  }

  Verdict verdict() {
    return verdict;
  }

  String key() {
    return key;
  }
}
