package org.strowger.snmp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmShelf;
import org.strowger.api.Change;
import org.strowger.api.Configuration;
import org.strowger.api.Hooks;
import org.strowger.api.KernelSettings;
import org.strowger.api.Management;
import org.strowger.api.PerformanceCounter;
import org.strowger.api.PerformanceSettings;
import org.strowger.api.Pool;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Severity;
import org.strowger.api.Sync;
import org.strowger.api.VirtualService;
import org.strowger.testkit.FailoverSample;
import org.strowger.testkit.HealthSample;
import org.strowger.testkit.Keys;

/** What the director in memory is to do: changed key by key, as the real one's configuration. */
final class FakeWanted {
  private final Map<String, Pool> pools = new LinkedHashMap<>();
  private final Map<String, VirtualService> services = new LinkedHashMap<>();
  private final Map<String, AlarmShelf> shelves = new LinkedHashMap<>();
  private final Map<String, Object> alarmKeys = new LinkedHashMap<>();
  private Management management =
      new Management(Optional.empty(), Optional.empty(), Optional.empty());

  FakeWanted() {
    pool("web", "a", "b", "c");
    pool("dns-pool.with_long-name-32-chars", "real-server.with_long-name-32-ch");
    service("web", 8080, "web");
    service("dns", 53, "dns-pool.with_long-name-32-chars");
  }

  private void pool(String name, String... reals) {
    Map<String, RealServer> members = new LinkedHashMap<>();
    int port = 9000;
    for (String real : reals) {
      port++;
      RealServerId id = new RealServerId(name, real);
      members.put(real, RealServer.plain(id, address("127.0.0.1"), port));
    }
    pools.put(name, Pool.plain(name, members));
  }

  private void service(String name, int port, String pool) {
    services.put(
        name,
        VirtualService.plain(
            name,
            address(name.equals("dns") ? "::1" : "127.0.0.1"),
            port,
            Protocol.TCP,
            "wlc",
            pool));
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  void addPool(String name, int size) {
    String[] reals = new String[size];
    for (int i = 0; i < size; i++) {
      reals[i] = "r" + i;
    }
    pool(name, reals);
  }

  /** Empty: nothing of management is wanted. */
  void manage(Optional<Management.Snmp> snmp) {
    management =
        snmp.isEmpty()
            ? new Management(Optional.empty(), Optional.empty(), Optional.empty())
            : managed(snmp);
  }

  void shelve(AlarmShelf shelf) {
    shelves.put(shelf.name(), shelf);
  }

  void unshelve(String name) {
    shelves.remove(name);
  }

  Map<String, Object> alarmKeys() {
    return Map.copyOf(alarmKeys);
  }

  /** What makes the change, or empty if there is no such key or the value is not of its type. */
  Optional<Runnable> set(Change.Put put) {
    List<String> keys = put.path().keys();
    String name = keys.get(1);
    if (List.of("alarms", "director", "management").contains(keys.getFirst())) {
      return Optional.of(() -> alarmKeys.put(put.path().toString(), put.value()));
    }
    if (keys.getFirst().equals("virtualServices")) {
      VirtualService old = Objects.requireNonNull(services.get(name));
      return Keys.with(old, keys.subList(2, keys.size()), put.value())
          .map(service -> () -> services.put(name, service));
    }
    Pool pool = Objects.requireNonNull(pools.get(name));
    if (keys.size() == 3) {
      return Keys.with(pool, keys.subList(2, 3), put.value())
          .map(changed -> () -> pools.put(name, changed));
    }
    RealServer old = Objects.requireNonNull(pool.realServers().get(keys.get(3)));
    return Keys.with(old, keys.subList(4, keys.size()), put.value())
        .map(real -> () -> change(real.id(), any -> real));
  }

  private void change(RealServerId id, UnaryOperator<RealServer> change) {
    Pool pool = Objects.requireNonNull(pools.get(id.pool()));
    Map<String, RealServer> members = new LinkedHashMap<>(pool.realServers());
    members.computeIfPresent(id.real(), (name, real) -> change.apply(real));
    pools.put(id.pool(), pool.withRealServers(members));
  }

  private static Management managed(Optional<Management.Snmp> snmp) {
    PerformanceSettings.Threshold busy =
        new PerformanceSettings.Threshold(
            "busy", "service=*", PerformanceCounter.CONNS_MAX, 1_000, 800, Severity.MAJOR);
    return new Management(
        snmp,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        new PerformanceSettings(true, Map.of("busy", busy)));
  }

  Configuration build() {
    return new Configuration(
        "lab-1",
        "",
        0,
        Optional.empty(),
        KernelSettings.at(""),
        Map.of("ready", HealthSample.CHECK),
        pools,
        services,
        management,
        Hooks.NONE,
        true,
        new AlarmSettings(1_000, Duration.ofSeconds(60), 50, 200, Map.of(), shelves, false),
        FailoverSample.WANTED,
        Sync.NONE);
  }
}
