package org.strowger.sync;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.ConnectionExchange.Held;
import org.strowger.api.ConnectionExchange.Taken;
import org.strowger.api.Subscription;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;

/**
 * This director among the others: greets who comes, tells everything to it and then what changes,
 * and takes over what it tells. The thread {@code sync} sends; a virtual thread each copies.
 *
 * <p>A session is a number that nobody can foresee; each message names that of its receiver. So
 * what was recorded on the link and is played again later is of no use.
 */
final class Link implements Channel.Ear, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  /** Changes wait so long for others to travel with them. */
  private static final long LINGER_MILLIS = 10;

  private static final long STATUS_NANOS = 500_000_000L;

  /** After something was refused everything is asked for anew, but not more often. */
  private static final long ASK_NANOS = 5_000_000_000L;

  /** A changed configuration has reached the planes by then. */
  private static final long SETTLED_NANOS = 1_000_000_000L;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Directors of a name that is not configured, remembered to be told. */
  private static final int MOST_STRANGERS = 16;

  private final Sync wanted;
  private final String name;
  private final String release;
  private final Planes planes;
  private final LongSupplier clock;
  private final long session = new SecureRandom().nextLong();
  private final Map<String, Peer> peers = new LinkedHashMap<>();
  private final Map<String, String> strangers = new ConcurrentHashMap<>();
  private final Thread sender = Thread.ofPlatform().daemon().name("sync").unstarted(this::run);
  private final Subscription watch;
  private final Object news = new Object();
  private volatile boolean closing;
  private volatile @Nullable Channel channel;
  private long statusAt = Long.MIN_VALUE / 2;
  private long askedAt = Long.MIN_VALUE / 2;
  private volatile long askAt = Long.MAX_VALUE;

  /** Opens the way to the others. */
  interface Opener {
    Channel open(Channel.Ear ear) throws IOException;
  }

  /**
   * @param name of this director
   * @param release of its software
   */
  Link(Sync wanted, String name, String release, Planes planes, LongSupplier clock) {
    this.wanted = wanted;
    this.name = name;
    this.release = release;
    this.planes = planes;
    this.clock = clock;
    wanted.peers().values().forEach(peer -> peers.put(peer.name(), new Peer(peer, clock)));
    watch = planes.watch(this::refusedMayBeTaken);
  }

  /** Begins to tell and to listen; waits until it is known who is there. */
  void open(Opener opener) throws IOException {
    Channel opened = opener.open(this);
    channel = opened;
    members(opened.members()); // those who were told while nothing could be sent
    planes.follow(this::changed, wanted.minimumAge());
    sender.start();
  }

  /** What was refused may be taken now: the configuration changed, or a plane came. */
  void refusedMayBeTaken() {
    askAt = clock.getAsLong() + SETTLED_NANOS;
  }

  private void changed(String plane, Message.Entry entry) {
    peers.values().forEach(peer -> peer.offer(plane, entry));
    wake();
  }

  private void wake() {
    synchronized (news) {
      news.notifyAll();
    }
  }

  // --- what comes

  @Override
  public void members(Set<String> present) {
    for (Peer peer : peers.values()) {
      String member = peer.member();
      if (!member.isEmpty() && !present.contains(member)) {
        LOG.atWarn().addKeyValue("peer", peer.name()).log("the director is not reached any more");
        peer.gone();
      }
    }
    strangers.keySet().retainAll(present);
    present.forEach(this::greet);
  }

  private void greet(String member) {
    Message hello =
        Message.of(Message.HELLO, 0)
            .with(Message.NAME, name)
            .with(Message.RELEASE, release)
            .with(Message.SESSION, session);
    send(member, hello.octets());
  }

  @Override
  public void heard(String member, byte[] octets) {
    Optional<Message> read = Message.read(octets);
    Optional<Peer> from = peers.values().stream().filter(peer -> peer.is(member)).findFirst();
    from.ifPresent(Peer::heard);
    if (read.isEmpty()) {
      from.ifPresent(Peer::damaged);
      return;
    }
    Message message = read.get();
    if (message.kind() == Message.HELLO) {
      hello(member, message);
    } else if (from.isPresent() && message.session() == session) {
      heard(from.get(), message);
    }
  }

  private void hello(String member, Message message) {
    String called = message.text(Message.NAME);
    Peer peer = peers.get(called);
    if (peer == null) {
      if (strangers.size() < MOST_STRANGERS && strangers.put(member, called) == null) {
        LOG.atWarn().addKeyValue("peer", called).log("no director of this name is configured");
      }
      return;
    }
    if (peer.greeted(member, message.number(Message.SESSION), message.text(Message.RELEASE))) {
      LOG.atInfo().addKeyValue("peer", called).log("the director is there");
      greet(member); // it may have come before this one was known to it
      wake();
    }
  }

  private void heard(Peer peer, Message message) {
    switch (message.kind()) {
      case Message.TELL -> told(peer, message);
      case Message.ACKNOWLEDGE -> {
        peer.acknowledged(message.number(Message.NUMBER), message.number(Message.REFUSED));
        wake();
      }
      case Message.STATUS ->
          peer.status(message.number(Message.LAG), message.number(Message.TAKEN));
      case Message.WANT_ALL -> {
        peer.wantAll();
        wake();
      }
      default -> LOG.atDebug().log("a message of a later release is passed over");
    }
  }

  private void told(Peer peer, Message message) {
    if (message.has(Message.BULK_BEGINS)) {
      peer.bulkBegins();
    }
    Optional<List<Message.Entry>> entries = message.entries();
    if (entries.isEmpty()) {
      peer.damaged();
    }
    long refused = 0;
    String plane = message.text(Message.PLANE);
    for (Message.Entry each : entries.orElse(List.of())) {
      Taken taken = planes.take(plane, each);
      peer.told(taken);
      refused += taken == Taken.TAKEN || taken == Taken.OWN ? 0 : 1;
    }
    if (message.has(Message.BULK_ENDS)) {
      peer.bulkEnds();
    }
    OptionalLong to = peer.session();
    if (to.isPresent()) {
      send(
          peer,
          Message.of(Message.ACKNOWLEDGE, to.getAsLong())
              .with(Message.NUMBER, message.number(Message.NUMBER))
              .with(Message.REFUSED, refused));
    }
  }

  // --- what goes

  private void send(Peer peer, Message message) {
    byte[] octets = message.octets();
    peer.sent(octets.length);
    send(peer.member(), octets);
  }

  private void send(String member, byte[] octets) {
    Channel open = channel;
    if (open == null || member.isEmpty()) {
      return;
    }
    try {
      open.send(member, octets);
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("not sent: the director is just going");
    }
  }

  private void run() {
    while (!closing) {
      try {
        boolean more = turn();
        synchronized (news) {
          if (!closing) {
            news.wait(more ? LINGER_MILLIS : STATUS_NANOS / 1_000_000);
          }
        }
        Thread.sleep(LINGER_MILLIS);
      } catch (InterruptedException stopping) {
        return; // only close() interrupts
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).log("the thread sync goes on after this");
      }
    }
  }

  /** Sends what may be sent now; whether more waits. */
  private boolean turn() {
    boolean more = false;
    for (Peer peer : peers.values()) {
      if (peer.beginBulk()) {
        Outbox to = peer.outbox();
        var _ = Thread.ofVirtual().name("sync-copy-" + peer.name()).start(() -> copy(peer, to));
      }
      Outbox outbox = peer.outbox();
      Optional<Outbox.Batch> batch = outbox.next(wanted.megabits() * 125_000L);
      while (batch.isPresent()) {
        tell(peer, batch.get(), outbox.number());
        batch = outbox.next(wanted.megabits() * 125_000L);
      }
      more |= !outbox.empty();
      peer.look();
    }
    long now = clock.getAsLong();
    if (now - statusAt >= STATUS_NANOS) {
      statusAt = now;
      status(now);
    }
    return more;
  }

  private void status(long now) {
    Held held = planes.held();
    boolean asks = now >= askAt && now - askedAt >= ASK_NANOS;
    if (asks) {
      askAt = Long.MAX_VALUE;
      askedAt = now;
    }
    for (Peer peer : peers.values()) {
      if (peer.session().isPresent()) {
        long to = peer.session().getAsLong();
        send(
            peer,
            Message.of(Message.STATUS, to)
                .with(Message.OWN, held.own())
                .with(Message.TAKEN, held.taken())
                .with(Message.LAG, peer.lagMillis()));
        if (asks && peer.state(held).refused() > 0) {
          send(peer, Message.of(Message.WANT_ALL, to));
        }
      }
    }
  }

  private void tell(Peer peer, Outbox.Batch batch, long number) {
    if (peer.session().isEmpty()) {
      return;
    }
    Message message =
        Message.of(Message.TELL, peer.session().getAsLong())
            .with(Message.PLANE, batch.plane())
            .with(Message.NUMBER, number)
            .with(batch.entries());
    if (batch.begins()) {
      message.with(Message.BULK_BEGINS, 1);
    }
    if (batch.ends()) {
      message.with(Message.BULK_ENDS, 1);
    }
    send(peer, message);
  }

  /** It is not told any more. */
  private static final class NotThere extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private void copy(Peer peer, Outbox to) {
    boolean whole = false;
    to.mark("", true);
    try {
      planes.all(
          wanted.minimumAge(),
          (plane, entry) -> {
            put(to, plane, entry);
            peer.countBulk();
          });
      whole = true;
    } catch (NotThere _) {
      LOG.atDebug().log("the director went before everything was told to it");
    } catch (IOException e) {
      LOG.atWarn().setCause(e).addKeyValue("peer", peer.name()).log("not everything was told");
    }
    if (whole) {
      to.mark("", false);
    }
    peer.endBulk(to, whole);
    wake();
  }

  private void put(Outbox to, String plane, Message.Entry entry) {
    try {
      if (!to.put(plane, entry)) {
        throw new NotThere();
      }
      wake();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotThere();
    }
  }

  // --- questions

  SyncState state() {
    Held held = planes.held();
    SortedMap<String, SyncState.Peer> states = new TreeMap<>();
    peers.forEach((peer, of) -> states.put(peer, of.state(held)));
    return new SyncState(true, Optional.empty(), held.own(), held.taken(), states);
  }

  /** Names of directors that are there and not configured. */
  Set<String> strangers() {
    return Set.copyOf(strangers.values());
  }

  @Override
  public void close() {
    closing = true;
    watch.close();
    planes.follow(null, wanted.minimumAge());
    sender.interrupt();
    peers.values().forEach(Peer::gone);
    try {
      if (sender.isAlive() && !sender.join(PATIENCE)) {
        LOG.atWarn().log("the thread sync does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }
}
