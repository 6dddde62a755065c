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

  /** Whoever was heard within this time is not replaced by another of its name. */
  private static final long LIVES_NANOS = 10_000_000_000L;

  /** After a table was full everything is asked for anew so much later, then twice that. */
  private static final long FULL_PAUSE_NANOS = 30_000_000_000L;

  private static final long MOST_PAUSE_NANOS = 32 * FULL_PAUSE_NANOS;

  /** What a greeting means. */
  enum Greeting {
    /** Both know each other, as before. */
    KNOWN,
    /** It is known here, and does not know this director yet. */
    HALF,
    /** It was in contact, and knows nothing of that: what it was told is lost. */
    LOST,
    /** Both know each other, and that is news. */
    NEW,
    /** Another one of this name lives. */
    TAKEN
  }

  private final Sync.Peer wanted;
  private final LongSupplier clock;
  private String member = "";

  /** That it gave. */
  private OptionalLong session = OptionalLong.empty();

  /** It holds the session that it was given here: so it takes what it is told. */
  private boolean open;

  private long heardAt;
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
  private long peerOwn;

  /** Refused since it was asked for everything: of a service that is not here, for want of room. */
  private long unknown;

  private long full;
  private long fullAt;
  private long fullPause = FULL_PAUSE_NANOS;
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

  /**
   * It said who it is.
   *
   * @param knows it holds the session that this director gives it now
   */
  synchronized Greeting greeted(
      String asMember, long itsSession, boolean knows, String itsRelease) {
    long now = clock.getAsLong();
    if (open && !member.equals(asMember) && now - heardAt < LIVES_NANOS) {
      return Greeting.TAKEN;
    }
    if (open && knows && session.getAsLong() == itsSession && member.equals(asMember)) {
      return Greeting.KNOWN;
    }
    boolean lost = open && !knows;
    gone();
    member = asMember;
    session = OptionalLong.of(itsSession);
    release = itsRelease;
    if (!knows) {
      return lost ? Greeting.LOST : Greeting.HALF;
    }
    return Greeting.NEW;
  }

  /** After a {@link Greeting#NEW}, when the other one was told so: what comes now it takes. */
  synchronized void begin(String asMember, long itsSession) {
    if (given(asMember) == itsSession) { // else it went meanwhile
      open = true;
      heardAt = clock.getAsLong();
      since = Clock.systemUTC().instant();
      outbox = new Outbox(clock);
      bulkWanted = true;
    }
  }

  /** It is not there any more. */
  synchronized void gone() {
    if (open) {
      since = Clock.systemUTC().instant();
    }
    open = false;
    member = "";
    session = OptionalLong.empty();
    bulkOut = Bulk.IDLE;
    bulkIn = Bulk.IDLE;
    bulkWanted = false;
    peerLagMillis = 0;
    peerTaken = 0;
    peerOwn = 0;
    unknown = 0;
    full = 0;
    fullPause = FULL_PAUSE_NANOS;
    outbox.close();
  }

  /** Whether this member is it, and both know each other. */
  synchronized boolean is(String asMember) {
    return open && member.equals(asMember);
  }

  synchronized String member() {
    return member;
  }

  /** That it gave, if both know each other. */
  synchronized OptionalLong session() {
    return open ? session : OptionalLong.empty();
  }

  /** The session that this member gave; 0: none. */
  synchronized long given(String asMember) {
    return member.equals(asMember) ? session.orElse(0) : 0;
  }

  synchronized Outbox outbox() {
    return outbox;
  }

  // --- what is told to it

  /** A change; if there is no room a whole copy follows. */
  synchronized void offer(String plane, Message.Entry entry) {
    if (!open) {
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
            && open
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
    heardAt = clock.getAsLong();
  }

  synchronized void damaged() {
    decodeErrors++;
  }

  synchronized void told(Taken taken) {
    received++;
    if (taken == Taken.UNKNOWN || taken == Taken.FULL || taken == Taken.DAMAGED) {
      refused++;
    }
    if (taken == Taken.UNKNOWN) {
      unknown++;
    } else if (taken == Taken.FULL) {
      fullAt = full == 0 ? clock.getAsLong() : fullAt;
      full++;
    }
  }

  /**
   * Whether it is to be asked for everything now; then that counts as done. What was not known here
   * may be after a change of the configuration; that a table was full takes time, and more each
   * time.
   *
   * @param changed the configuration did since it was asked last
   */
  synchronized boolean asks(boolean changed) {
    boolean again = full > 0 && clock.getAsLong() - fullAt >= fullPause;
    boolean asks = open && (again || (changed && unknown > 0));
    if (asks) {
      fullPause = again ? Math.min(2 * fullPause, MOST_PAUSE_NANOS) : fullPause;
      unknown = 0;
      full = 0;
    }
    return asks;
  }

  synchronized void bulkBegins() {
    bulkIn = Bulk.RUNNING;
  }

  synchronized void bulkEnds() {
    if (bulkIn == Bulk.RUNNING) {
      bulkIn = Bulk.DONE;
      fullPause = full == 0 ? FULL_PAUSE_NANOS : fullPause;
    }
  }

  synchronized void status(long lagMillis, long own, long taken) {
    peerLagMillis = lagMillis;
    peerOwn = own;
    peerTaken = taken;
  }

  /** Connections that it carries itself, as it says. */
  synchronized long own() {
    return peerOwn;
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

  /**
   * Where it stands.
   *
   * @param ofOthers connections that directors beside this one and that one carry: it takes theirs
   *     too, and does not say whose it has
   */
  synchronized SyncState.Peer state(Held held, long ofOthers) {
    long all = held.own() + ofOthers;
    long coverage = held.own() == 0 ? WHOLE : Math.min(WHOLE, peerTaken * WHOLE / all);
    return new SyncState.Peer(
        wanted.name(),
        wanted.address(),
        open,
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
        open ? (int) coverage : 0);
  }
}
