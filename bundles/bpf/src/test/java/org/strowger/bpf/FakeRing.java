package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.strowger.api.BpfRing;

/** A ring that a test writes to. */
final class FakeRing implements BpfRing {
  private final LinkedBlockingDeque<ByteBuffer> events = new LinkedBlockingDeque<>();

  void write(ByteBuffer event) {
    events.add(event);
  }

  @Override
  public boolean await(Duration atMost) {
    try {
      ByteBuffer first = events.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        events.addFirst(first);
      }
      return first != null;
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public int read(Consumer<ByteBuffer> event, int atMost) {
    int read = 0;
    for (ByteBuffer next = events.poll(); next != null; next = events.poll()) {
      event.accept(next);
      if (++read == atMost) {
        break;
      }
    }
    return read;
  }

  @Override
  public long backlogBytes() {
    return events.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  @Override
  public long sizeBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {
    events.clear();
  }
}
