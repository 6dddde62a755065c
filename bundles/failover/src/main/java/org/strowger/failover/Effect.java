package org.strowger.failover;

import org.strowger.api.DirectorRole;
import org.strowger.api.SwitchReason;

/** What is to be done outside. The addresses follow the role, before any of these. */
sealed interface Effect {
  /** Send an advert of this priority. */
  record Send(int priority) implements Effect {}

  /** Tell the link where the addresses are. */
  record Announce() implements Effect {}

  /** The role changed. */
  record Changed(DirectorRole from, DirectorRole to, SwitchReason why) implements Effect {}
}
