package org.strowger.failover;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkEvent;
import org.strowger.api.Subscription;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpPackets;

/**
 * The thread {@code vrrp}: waits for packets, orders and the next time that something is due. With
 * a priority of real time if the process may have one.
 */
final class VrrpThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VrrpThread.class);
  private static final long LOOK_NANOS = 200_000_000;

  /** Packets looked at before time is: a flood must not stop the adverts. */
  private static final int AT_ONCE = 64;

  /** Orders that wait at most. */
  private static final int MAX_ORDERS = 1_024;

  private static final long PATIENCE_MILLIS = 5_000;

  private final VrrpPackets.Link link;
  private final Announcer announcer;
  private final Report report;
  private final Engine engine;
  private final Runnable roleChanged;
  private final Queue<Consumer<Long>> orders = new ArrayDeque<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Thread thread;
  private final Subscription watch;
  private final long origin = System.nanoTime();
  private volatile boolean closing;
  private volatile FailoverState published;
  private volatile List<AlarmCondition> conditions = List.of();
  private volatile Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard = Map.of();
  private long publishedAt;

  /**
   * What was before.
   *
   * @param session greater than that of any thread of this director before
   * @param heard of each virtual router, the last of each sender; who went first stands first
   */
  record Before(
      List<FailoverState.Switch> switches,
      long session,
      Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard) {
    static final Before NOTHING = new Before(List.of(), 1, Map.of());
  }

  /**
   * Starts it.
   *
   * @param roleChanged told on this thread; returns at once
   */
  VrrpThread(Network network, VrrpPackets packets, Before before, Runnable roleChanged)
      throws KernelException {
    this.roleChanged = roleChanged;
    link = packets.open();
    announcer = new Announcer(network);
    report = new Report(before.switches, this::now);
    published = new FailoverState(new TreeMap<>(), before.switches, Optional.empty());
    engine = new Engine(network, link, announcer, report, before.session);
    engine.remember(before.heard);
    thread = Thread.ofPlatform().daemon().name("vrrp").unstarted(this::run);
    watch = watch(network);
    thread.start();
  }

  private Subscription watch(Network network) throws KernelException {
    try {
      return network.watch(this::on);
    } catch (KernelException e) {
      link.close();
      announcer.close();
      throw e;
    }
  }

  /** The network's thread. What this director confirms again and again is no news. */
  private void on(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.AddressGone(var address) when address.held() ->
          order(now -> engine.gone(address, now));
      case NetworkEvent.AddressAdded(var address) when address.held() -> {}
      case NetworkEvent.DeviceChanged _,
          NetworkEvent.DeviceGone _,
          NetworkEvent.AddressAdded _,
          NetworkEvent.AddressGone _,
          NetworkEvent.Missed _ ->
          look();
      case NetworkEvent.NeighbourChanged _,
          NetworkEvent.NeighbourGone _,
          NetworkEvent.RoutesChanged _ -> {}
    }
  }

  /** However much changes, it is looked at once. */
  private void look() {
    if (looking.compareAndSet(false, true)) {
      boolean taken =
          order(
              now -> {
                looking.set(false);
                engine.look(now);
              });
      if (!taken) {
        looking.set(false);
      }
    }
  }

  /** Has something done by the thread; any thread. */
  private boolean order(Consumer<Long> work) {
    synchronized (orders) {
      if (closing || orders.size() >= MAX_ORDERS) {
        return false;
      }
      orders.add(work);
      link.wake(); // inside: it is not closed meanwhile
    }
    return true;
  }

  void want(Vrrp wanted, Set<String> standby, Set<String> resumed) {
    if (!order(now -> engine.want(wanted, standby, resumed, now))) {
      LOG.error("a changed configuration of VRRP is not taken: too much waits");
    }
  }

  /** These are the keys; before the configuration that names them. */
  void keys(Keyring ring) {
    if (!order(now -> engine.keys(ring, now))) {
      LOG.error("changed keys of VRRP are not taken: too much waits");
    }
  }

  /** What instances track is so now; false if too much waits. */
  boolean burdens(Map<String, Burden> burdens) {
    return order(now -> engine.burdens(burdens, now));
  }

  /**
   * Does what an operator asks; any thread.
   *
   * @param keep told, on this thread, what is on standby from now on
   * @return why not, or empty
   */
  CompletableFuture<Optional<String>> command(
      FailoverCommand command, String instance, Consumer<Set<String>> keep) {
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    boolean taken =
        order(
            now -> {
              Optional<String> why = engine.command(command, instance, now);
              if (why.isEmpty()) {
                keep.accept(engine.standby());
              }
              answer.complete(why);
            });
    if (!taken) {
      answer.complete(Optional.of("too much waits, or VRRP is just stopping: try again"));
    }
    return answer;
  }

  FailoverState state() {
    return published;
  }

  List<AlarmCondition> conditions() {
    return conditions;
  }

  /** What was heard last of each sender, of each virtual router. */
  Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard() {
    return heard;
  }

  List<FailoverState.Switch> switches() {
    return published.switches();
  }

  private long now() {
    return System.nanoTime() - origin;
  }

  private void run() {
    link.realTime().ifPresent(why -> LOG.info("the thread vrrp has {}", why));
    while (!closing) {
      try {
        turn();
      } catch (KernelException e) {
        LOG.error("adverts are not heard: {}", e.sentence());
        pause();
      } catch (RuntimeException e) {
        LOG.error("the thread vrrp goes on after this", e);
        pause();
      }
    }
  }

  /** What fails again and again must neither fill the log nor take the processor. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException stopping) { // nobody interrupts it; closing is a flag
      Thread.currentThread().interrupt();
    }
  }

  private void turn() throws KernelException {
    hear(); // this thread may have had no processor: what came meanwhile counts first
    obey();
    if (closing) { // who resigned does nothing more: an address owner would take over again
      return;
    }
    long due = engine.turn(now());
    publish();
    long wait = Math.clamp(due - now(), 0, LOOK_NANOS);
    Optional<VrrpPackets.Packet> packet = link.receive(wait);
    if (packet.isPresent()) {
      engine.heard(packet.get(), now());
    }
  }

  private void hear() throws KernelException {
    Optional<VrrpPackets.Packet> packet = link.receive(0);
    for (int i = 0; packet.isPresent() && i < AT_ONCE; i++) {
      engine.heard(packet.get(), now());
      packet = link.receive(0);
    }
    if (packet.isPresent()) {
      engine.heard(packet.get(), now());
    }
  }

  private void obey() {
    while (true) {
      Consumer<Long> work;
      synchronized (orders) {
        work = orders.poll();
      }
      if (work == null) {
        return;
      }
      work.accept(now());
    }
  }

  private void publish() {
    long now = now();
    boolean changed = report.takeChanged();
    if (changed || now - publishedAt >= LOOK_NANOS) {
      publishedAt = now;
      published = report.state(engine, now);
      conditions = Conditions.of(engine, now);
      heard = engine.heard();
    }
    if (changed) {
      roleChanged.run();
    }
  }

  /** The director ends: others take over at once. */
  @Override
  public void close() {
    end(
        now -> {
          engine.stop(now);
          published = report.state(engine, now);
        });
  }

  /** Something of this bundle is exchanged: the addresses stay, for whoever goes on. */
  Set<String> handOver() {
    CompletableFuture<Set<String>> active = new CompletableFuture<>();
    end(now -> active.complete(engine.pause()));
    return active.getNow(Set.of());
  }

  /** Once: who handed over must not resign afterwards. */
  private void end(Consumer<Long> last) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    watch.close();
    order(
        now -> {
          last.accept(now);
          heard = engine.heard();
          closing = true;
        });
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closing = true;
    announcer.close();
    if (thread.isAlive()) {
      LOG.error("the thread vrrp does not end");
    } else {
      synchronized (orders) {
        link.close();
      }
    }
  }
}
