package org.strowger.failover;

import java.net.InetAddress;
import org.strowger.api.SwitchReason;

/** What may happen to a VRRP instance. */
sealed interface Event {
  /** Time went on, or the terms changed. */
  record Tick() implements Event {}

  /** An advert that passed every check came from another director. */
  record Heard(InetAddress source, Advert advert) implements Event {}

  /** Nothing was heard for long enough, here and in the whole team. */
  record TakeOver() implements Event {}

  /** Hand over, for this reason, without becoming active again before the other one is lost. */
  record Yield(SwitchReason why) implements Event {}

  /** The director ends. */
  record Stop() implements Event {}
}
