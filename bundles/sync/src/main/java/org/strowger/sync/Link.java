package org.strowger.sync;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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

  private final Sync wanted;
  private final Planes planes;
  private final LongSupplier clock;
  private final Map<String, Peer> peers = new LinkedHashMap<>();
  private final Contacts contacts;
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
    this.planes = planes;
    this.clock = clock;
    wanted.peers().values().forEach(peer -> peers.put(peer.name(), new Peer(peer, clock)));
    contacts = new Contacts(name, release, peers, this::send);
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
    contacts.present(present);
  }

  @Override
  public void heard(String member, byte[] octets) {
    Optional<Message> read = Message.read(octets);
    Optional<Peer> from = contacts.peer(member);
    from.ifPresent(Peer::heard);
    if (read.isEmpty()) {
      from.ifPresent(Peer::damaged);
      return;
    }
    Message message = read.get();
    if (message.kind() == Message.HELLO) {
      if (contacts.hello(member, message)) {
        wake();
      }
    } else if (from.isPresent() && contacts.isOf(member, message)) {
      heard(from.get(), message);
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
          peer.status(
              message.number(Message.LAG),
              message.number(Message.OWN),
              message.number(Message.TAKEN));
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
    boolean changed = now >= askAt && now - askedAt >= ASK_NANOS;
    if (changed) {
      askAt = Long.MAX_VALUE;
      askedAt = now;
    }
    Channel present = channel;
    if (present != null) {
      contacts.again(present.members());
    }
    for (Peer peer : peers.values()) {
      OptionalLong to = peer.session();
      if (to.isPresent()) {
        send(
            peer,
            Message.of(Message.STATUS, to.getAsLong())
                .with(Message.OWN, held.own())
                .with(Message.TAKEN, held.taken())
                .with(Message.LAG, peer.lagMillis()));
        if (peer.asks(changed)) {
          send(peer, Message.of(Message.WANT_ALL, to.getAsLong()));
        }
      }
    }
  }

  private void tell(Peer peer, Outbox.Batch batch, long number) {
    OptionalLong to = peer.session();
    if (to.isEmpty()) {
      return;
    }
    Message message =
        Message.of(Message.TELL, to.getAsLong())
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
      to.mark("", false);
      whole = true;
    } catch (NotThere _) {
      LOG.atDebug().log("the director went before everything was told to it");
    } catch (IOException | RuntimeException e) {
      LOG.atWarn().setCause(e).addKeyValue("peer", peer.name()).log("not everything was told");
    } finally { // one that never ended would be the last
      peer.endBulk(to, whole);
      wake();
    }
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
    long told = peers.values().stream().mapToLong(Peer::own).sum();
    peers.forEach((peer, of) -> states.put(peer, of.state(held, told - of.own())));
    return new SyncState(true, Optional.empty(), held.own(), held.taken(), states);
  }

  /** Names of directors that are there and not configured, or there twice. */
  Set<String> strangers() {
    return contacts.strangers();
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
