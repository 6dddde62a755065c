package org.strowger.failover;

/** Why an advert is not taken; each is a counter of {@link org.strowger.api.VrrpCounters}. */
enum Refusal {
  CHECKSUM,
  VERSION,
  HOPS,
  LENGTH,
  ADDRESS_LIST,
  INTERVAL,
  AUTHENTICATION,
  PEER,
  SIGNATURE,
  REPLAY
}
