package org.strowger.snmp;

import java.time.Duration;
import java.util.function.Predicate;
import org.strowger.api.Change;
import org.strowger.api.FailoverCommand;
import org.strowger.api.KeyPath;
import org.strowger.api.UpgradeRequest;

/** What one binding of a SET asks for. */
sealed interface Asked {
  /** A key of the configuration gets this value. */
  record Put(KeyPath path, Object value) implements Asked {}

  /** A key of the configuration gets its default. */
  record Remove(KeyPath path) implements Asked {}

  /** A row is made; its columns may stand in the same SET. */
  record Create(KeyPath path) implements Asked {}

  /** Something that is no key; {@code name} is where the director complains of it. */
  record Of(KeyPath name, Change change) implements Asked {}

  /** All that the SET changes is taken back by itself unless it is confirmed. */
  record Confirm(Duration time) implements Asked {}

  /** Why, for the history. */
  record Comment(String text) implements Asked {}

  /** The target gets again what was told since this sequence number. */
  record Replay(String target, long from) implements Asked {}

  /** The in-service upgrade is to do this; what comes of it is in its status. */
  record Upgrade(UpgradeRequest request) implements Asked {}

  /** The director is to do this among those that stand for each other. */
  record Failover(FailoverCommand command) implements Asked {}

  /** Two keys get these values. */
  record Both(Put first, Put second) implements Asked {}

  /**
   * Nothing, if what the same SET gives to {@code key} is right; else the value is inconsistent.
   *
   * @param otherwise whether it is right where the SET gives nothing to that key
   */
  record Provided(KeyPath name, KeyPath key, Predicate<Object> holds, boolean otherwise)
      implements Asked {}

  /** Everything is so already. */
  record Nothing(KeyPath name) implements Asked {}

  /** The row as it is now does not allow it: an error status. */
  record Fault(int errorStatus) implements Asked {}
}
