package org.strowger.failover;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.FailoverState;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.NetworkDevice;
import org.strowger.api.Snapshot;
import org.strowger.api.SyncState;
import org.strowger.api.Vrrp;

/**
 * What the thread vrrp is told of the world, and what is kept of it for the next one: keys, tracks,
 * senders that were heard. Of the thread failover.
 */
final class Surroundings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Surroundings.class);
  private static final long KEYS_NANOS = 5 * Advert.SECOND;
  private static final long KEEP_NANOS = 30 * Advert.SECOND;

  private final KeyFiles files;
  private final Tracks tracks;
  private final Memory memory;
  private final History history;
  private volatile List<FailoverState.Switch> switches;
  private Keyring ring = Keyring.EMPTY;
  private Map<String, Burden> burdens = Map.of();
  private Map<VirtualRouter, Map<InetAddress, Guard.Mark>> kept = Map.of();

  /** Of the next thread vrrp; 0: none was taken yet. */
  private long session;

  private static final String NOTHING_TOLD = "no other director has told its connections yet";

  private Optional<String> behind = Optional.empty();

  /** As long as nobody knows the configuration: yes, and so nobody is taken over from. */
  private boolean syncWanted = true;

  /** It was known once how much is known of the connections of others. */
  private boolean synced;

  private boolean devicesRefused;
  private long keysAt = System.nanoTime();
  private long keepAt = System.nanoTime() + KEEP_NANOS;

  /**
   * @param state the state folder
   */
  Surroundings(Path state) {
    files = new KeyFiles(state);
    tracks = new Tracks(state);
    memory = new Memory(state);
    history = new History(state);
    switches = history.read();
  }

  /** What a new thread vrrp begins with. */
  VrrpThread.Before before() {
    ring = Keyring.EMPTY;
    burdens = Map.of();
    if (session == 0) { // one that did not come to life has sent nothing
      session = memory.nextSession();
    }
    return new VrrpThread.Before(switches, session, memory.heard());
  }

  /** The thread vrrp lives: the next one is to have another session. */
  void begun() {
    session = 0;
  }

  /** The keys, at once: before the configuration that names them. */
  void keys(VrrpThread thread, Vrrp wanted) {
    keysAt = System.nanoTime() + KEYS_NANOS;
    Keyring now = files.read(wanted.keys());
    if (!now.equals(ring)) {
      thread.keys(now);
      ring = now;
    }
  }

  /** What changed since, if it is time to look. */
  void look(VrrpThread thread, Vrrp wanted, Sources from) {
    long now = System.nanoTime();
    if (now - keysAt >= 0) {
      keys(thread, wanted);
    }
    Map<String, Burden> next = tracks.look(wanted, around(wanted, from, now), now);
    if (!next.equals(burdens) && thread.burdens(next)) {
      burdens = next;
    }
    if (now - keepAt >= 0) {
      keepAt = now + KEEP_NANOS;
      keep(thread);
    }
    remember(thread);
  }

  /** What moved before the last thread ended; any thread. */
  List<FailoverState.Switch> switches() {
    return switches;
  }

  private void remember(VrrpThread thread) {
    List<FailoverState.Switch> now = thread.switches();
    if (!now.equals(switches)) {
      switches = now;
      history.write(now);
    }
  }

  void keep(VrrpThread thread) {
    remember(thread);
    Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard = thread.heard();
    if (!heard.equals(kept)) {
      memory.write(heard);
      kept = heard;
    }
  }

  /**
   * Who is asked for what is to be seen.
   *
   * @param bindsElsewhere services can listen at addresses that are not here
   * @param sync knows how much is known of the connections of others; empty: nobody does
   */
  record Sources(
      Optional<Snapshot> snapshot,
      Optional<Network> network,
      boolean bindsElsewhere,
      Optional<SyncState> sync) {}

  /**
   * Whoever was told nothing yet must not take over from one that serves. That the bundle which
   * knows is away, while it is exchanged, is no evidence.
   */
  private Optional<String> behind(Optional<Snapshot> current, Optional<SyncState> sync) {
    if (current.isPresent()) {
      syncWanted = current.get().configuration().sync().wanted();
    }
    if (!syncWanted) {
      behind = Optional.empty();
    } else if (sync.isPresent()) {
      // It may not have seen the configuration yet that wants it.
      boolean sees = sync.get().wanted();
      behind = sees ? sync.get().behind() : Optional.of(NOTHING_TOLD);
      synced = true;
    } else if (!synced) {
      behind = Optional.of(NOTHING_TOLD);
    }
    return behind;
  }

  /** What is to be seen; the kernel is asked only if somebody wants to know now. */
  Around around(Vrrp wanted, Sources from, long now) {
    boolean asks = tracks.asksForDevices(wanted, now);
    // A snapshot of before the configuration came is no evidence of what that needs.
    Optional<Snapshot> current =
        from.snapshot()
            .filter(each -> each.revision() > 0 && each.configuration().vrrp().equals(wanted));
    return new Around(
        current,
        asks ? from.network().flatMap(this::devices) : Optional.empty(),
        from.bindsElsewhere(),
        behind(current, from.sync()));
  }

  private Optional<List<NetworkDevice>> devices(Network network) {
    try {
      List<NetworkDevice> devices = network.devices();
      if (devicesRefused) {
        LOG.info("the devices that are tracked are known again");
      }
      devicesRefused = false;
      return Optional.of(devices);
    } catch (KernelException e) { // no evidence
      if (!devicesRefused) {
        LOG.warn("the devices that are tracked are not known: {}", e.sentence());
      }
      devicesRefused = true;
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    tracks.close();
  }
}
