package org.strowger.sync;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A link between directors in one process: messages in order, each member on a thread of its own.
 */
final class Wire {
  private final Map<String, End> ends = new TreeMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final Set<String> blind = new TreeSet<>();
  private boolean cut;

  private final class End implements Channel {
    private final String member;
    private final Channel.Ear ear;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    private End(String member, Channel.Ear ear) {
      this.member = member;
      this.ear = ear;
    }

    @Override
    public void send(String to, byte[] message) throws IOException {
      synchronized (Wire.this) {
        End other = ends.get(to);
        if (other == null || cut || blind.contains(member)) {
          throw new IOException("nobody is there");
        }
        if (blind.contains(to)) {
          return; // who is no member there is not heard
        }
        other.thread.execute(() -> other.ear.heard(member, message));
      }
    }

    @Override
    public Set<String> members() {
      synchronized (Wire.this) {
        Set<String> others =
            new TreeSet<>(cut || blind.contains(member) ? Set.of() : ends.keySet());
        others.remove(member);
        return others;
      }
    }

    @Override
    public void close() {
      synchronized (Wire.this) {
        ends.remove(member);
        thread.shutdown();
        tell();
      }
    }
  }

  synchronized Channel open(Channel.Ear ear) {
    End end = new End("member-" + numbers.incrementAndGet(), ear);
    ends.put(end.member, end);
    tell();
    return end;
  }

  private void tell() {
    for (End each : ends.values()) {
      each.thread.execute(() -> each.ear.members(each.members()));
    }
  }

  /** This one loses sight of all others, who notice nothing. */
  synchronized void blind(String member) {
    blind.add(member);
    tell();
  }

  /** It sees them again, as after a merge that nobody else noticed. */
  synchronized void sees(String member) {
    blind.remove(member);
    tell();
  }

  synchronized void cut() {
    cut = true;
    tell();
  }

  /** Members are known anew by other names, as JGroups does after a merge of restarted ones. */
  synchronized void mend() {
    cut = false;
    tell();
  }
}
