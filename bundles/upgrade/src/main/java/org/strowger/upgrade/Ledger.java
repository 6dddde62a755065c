package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is written down of upgrades, each time durably before the next thing is done: the present
 * one ({@code upgrade/transaction}) and the last {@value #KEPT} ({@code upgrade/history}).
 */
final class Ledger {
  static final int KEPT = 50;

  private final Path transaction;
  private final Path history;
  private SortedMap<String, String> past;

  Ledger(Path folder) throws IOException {
    this.transaction = folder.resolve("transaction");
    this.history = folder.resolve("history");
    this.past = Durable.read(history);
  }

  Map<String, String> transaction() throws IOException {
    return Durable.read(transaction);
  }

  void write(Map<String, String> now) throws IOException {
    Durable.write(transaction, now);
  }

  Map<String, String> history() {
    return past;
  }

  /**
   * The same upgrade, by when it started, is never told twice.
   *
   * @param took how long its exchanges took, by {@code took.NAME}
   */
  void ended(Map<String, String> now, String outcome, String why, Map<String, String> took)
      throws IOException {
    int last = Plan.number(past, Words.LAST);
    String started = now.getOrDefault(Words.STARTED, "");
    if (started.equals(past.get(last + "." + Words.STARTED))) {
      return;
    }
    SortedMap<String, String> next = new TreeMap<>(past);
    int number = last + 1;
    next.put(Words.LAST, Integer.toString(number));
    Map<String, String> line = new HashMap<>();
    for (String key :
        new String[] {
          Words.STARTED, Words.FROM, Words.TO, Words.CLASS, Words.USER, Words.LOST, Words.LONGEST
        }) {
      line.put(key, now.getOrDefault(key, ""));
    }
    line.put(Words.OUTCOME, outcome);
    line.put(Words.WHY, why);
    line.put(Words.END, Instant.now().toString());
    line.forEach((key, value) -> next.put(number + "." + key, value));
    next.putAll(took);
    next.keySet().removeIf(key -> key.startsWith((number - KEPT) + "."));
    Durable.write(history, next);
    past = next;
  }
}
