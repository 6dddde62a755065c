package org.strowger.sync;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.strowger.api.ConnectionExchange.Held;
import org.strowger.api.ConnectionExchange.Taken;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;
import org.strowger.api.SyncState.Bulk;

/** Another director: where it stands, and what was counted. Any thread. */
final class Peer {
  private static final long MILLI = 1_000_000L;

  /** The largest lag is of this span and the one before. */
  private static final long SPAN_NANOS = 30_000_000_000L;

  private static final int WHOLE = 10_000;

  /** Between two copies of everything at least. */
  private static final long BULK_APART_NANOS = 2_000_000_000L;

  private final Sync.Peer wanted;
  private final LongSupplier clock;
  private String member = "";
  private OptionalLong session = OptionalLong.empty();
  private Instant since = Clock.systemUTC().instant();
  private String release = "";
  private Outbox outbox;
  private Bulk bulkOut = Bulk.IDLE;
  private Bulk bulkIn = Bulk.IDLE;
  private Optional<Instant> lastBulk = Optional.empty();

  /** A whole copy is to follow: something was not told, or refused. */
  private boolean bulkWanted;

  private long bulkAt;

  private long told;
  private long received;
  private long acknowledged;
  private long dropped;
  private long refused;
  private long peerRefused;
  private long decodeErrors;
  private long messagesOut;
  private long messagesIn;
  private long bytesOut;
  private long peerLagMillis;
  private long peerTaken;
  private long lagMost;
  private long lagMostBefore;
  private long spanAt;

  Peer(Sync.Peer wanted, LongSupplier clock) {
    this.wanted = wanted;
    this.clock = clock;
    outbox = new Outbox(clock);
    spanAt = clock.getAsLong();
  }

  String name() {
    return wanted.name();
  }

  /** It said who it is; whether that is news. */
  synchronized boolean greeted(String asMember, long itsSession, String itsRelease) {
    boolean known =
        member.equals(asMember) && session.isPresent() && session.getAsLong() == itsSession;
    if (known) {
      return false;
    }
    gone();
    member = asMember;
    session = OptionalLong.of(itsSession);
    release = itsRelease;
    since = Clock.systemUTC().instant();
    outbox = new Outbox(clock);
    bulkWanted = true;
    return true;
  }

  /** It is not there any more. */
  synchronized void gone() {
    if (session.isPresent()) {
      since = Clock.systemUTC().instant();
    }
    member = "";
    session = OptionalLong.empty();
    bulkOut = Bulk.IDLE;
    bulkIn = Bulk.IDLE;
    bulkWanted = false;
    peerLagMillis = 0;
    peerTaken = 0;
    outbox.close();
  }

  synchronized boolean is(String asMember) {
    return session.isPresent() && member.equals(asMember);
  }

  synchronized String member() {
    return member;
  }

  synchronized OptionalLong session() {
    return session;
  }

  synchronized Outbox outbox() {
    return outbox;
  }

  // --- what is told to it

  /** A change; if there is no room a whole copy follows. */
  synchronized void offer(String plane, Message.Entry entry) {
    if (session.isEmpty()) {
      return;
    }
    if (outbox.offer(plane, entry)) {
      told++;
    } else {
      dropped++;
      bulkWanted = true;
    }
  }

  /** It asks for everything. */
  synchronized void wantAll() {
    bulkWanted = true;
  }

  /** Whether a copy is to begin now; then it has begun. */
  synchronized boolean beginBulk() {
    boolean begins =
        bulkWanted
            && session.isPresent()
            && bulkOut != Bulk.RUNNING
            && (bulkOut == Bulk.IDLE || clock.getAsLong() - bulkAt >= BULK_APART_NANOS)
            && outbox.bytes() <= Outbox.MOST_OF_BULK;
    if (begins) {
      bulkWanted = false;
      bulkOut = Bulk.RUNNING;
      bulkAt = clock.getAsLong();
    }
    return begins;
  }

  synchronized void countBulk() {
    told++;
  }

  /** The copy ended; of an outbox that is not used any more it does not count. */
  synchronized void endBulk(Outbox of, boolean whole) {
    if (!of.equals(outbox)) {
      return;
    }
    bulkOut = whole ? Bulk.DONE : Bulk.FAILED;
    bulkWanted |= !whole;
    if (whole) {
      lastBulk = Optional.of(Clock.systemUTC().instant());
    }
  }

  synchronized void sent(int bytes) {
    messagesOut++;
    bytesOut += bytes;
  }

  synchronized void acknowledged(long number, long theirRefused) {
    acknowledged += outbox.acknowledged(number);
    peerRefused += theirRefused;
  }

  // --- what it tells

  synchronized void heard() {
    messagesIn++;
  }

  synchronized void damaged() {
    decodeErrors++;
  }

  synchronized void told(Taken taken) {
    received++;
    if (taken == Taken.UNKNOWN || taken == Taken.FULL || taken == Taken.DAMAGED) {
      refused++;
    }
  }

  synchronized void bulkBegins() {
    bulkIn = Bulk.RUNNING;
  }

  synchronized void bulkEnds() {
    if (bulkIn == Bulk.RUNNING) {
      bulkIn = Bulk.DONE;
    }
  }

  synchronized void status(long lagMillis, long taken) {
    peerLagMillis = lagMillis;
    peerTaken = taken;
  }

  /** Looks how late it is told; from time to time. */
  synchronized void look() {
    long now = clock.getAsLong();
    if (now - spanAt > SPAN_NANOS) {
      spanAt = now;
      lagMostBefore = lagMost;
      lagMost = 0;
    }
    lagMost = Math.max(lagMost, lagMillis());
  }

  synchronized long lagMillis() {
    return outbox.lag() / MILLI;
  }

  synchronized SyncState.Peer state(Held held) {
    long coverage = held.own() == 0 ? WHOLE : Math.min(WHOLE, peerTaken * WHOLE / held.own());
    return new SyncState.Peer(
        wanted.name(),
        wanted.address(),
        session.isPresent(),
        since,
        release,
        bulkOut,
        bulkIn,
        lastBulk,
        told,
        received,
        acknowledged,
        dropped,
        refused,
        peerRefused,
        decodeErrors,
        messagesOut,
        messagesIn,
        bytesOut,
        outbox.bytes(),
        lagMillis(),
        Math.max(lagMillis(), Math.max(lagMost, lagMostBefore)),
        peerLagMillis,
        session.isPresent() ? (int) coverage : 0);
  }
}
