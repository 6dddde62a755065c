package org.strowger.director;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.strowger.api.AdminState;
import org.strowger.api.Configuration;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthTable;
import org.strowger.api.Pool;
import org.strowger.api.ProbeId;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.ServicePath;
import org.strowger.api.VirtualService;

/**
 * The probes that a configuration needs: one for each check at each endpoint, however many real
 * servers, pools and virtual services make use of it.
 *
 * @param of the probes of each real server, in the order of its pool's checks
 */
record ProbePlan(List<HealthTable.Probe> probes, Map<RealServerId, List<ProbeId>> of) {
  /** Most paths of one probe: those of the first so many virtual services. */
  static final int MAX_PATHS = 64;

  static final ProbePlan NONE = new ProbePlan(List.of(), Map.of());

  static ProbePlan of(Configuration wanted) {
    Map<ProbeId, HealthTable.Probe> probes = new LinkedHashMap<>();
    Map<RealServerId, List<ProbeId>> of = new HashMap<>();
    Map<String, Integer> ports = clientsPorts(wanted);
    Map<String, List<VirtualService>> services = services(wanted);
    for (Pool pool : wanted.pools().values()) {
      List<HealthCheck> checks = pool.health().checks().stream().map(wanted.checks()::get).toList();
      if (checks.isEmpty()) {
        continue;
      }
      int clientsPort = ports.getOrDefault(pool.name(), 0);
      List<VirtualService> users = services.getOrDefault(pool.name(), List.of());
      for (RealServer real : pool.realServers().values()) {
        List<ProbeId> own = new ArrayList<>(checks.size());
        List<ServicePath> paths = paths(real, users);
        for (HealthCheck check : checks) {
          ProbeId id = id(check, real, clientsPort);
          own.add(id);
          probes.merge(
              id,
              new HealthTable.Probe(id, check, real.id(), real.weight(), paths),
              ProbePlan::shared);
        }
        of.put(real.id(), List.copyOf(own));
      }
    }
    return new ProbePlan(List.copyOf(probes.values()), Map.copyOf(of));
  }

  /** By pool: those that use it, also as their backup. */
  private static Map<String, List<VirtualService>> services(Configuration wanted) {
    Map<String, List<VirtualService>> services = new HashMap<>();
    for (VirtualService service : wanted.virtualServices().values()) {
      services.computeIfAbsent(service.pool(), pool -> new ArrayList<>()).add(service);
      service
          .backupPool()
          .ifPresent(pool -> services.computeIfAbsent(pool, p -> new ArrayList<>()).add(service));
    }
    return services;
  }

  /** The first so many: what a look could not go through need not be told. */
  private static List<ServicePath> paths(RealServer real, List<VirtualService> users) {
    return users.stream()
        .filter(service -> service.adminState() != AdminState.OUT_OF_SERVICE)
        .limit(MAX_PATHS)
        .map(service -> ServicePath.of(service, real))
        .toList();
  }

  /** The first one's, with the paths of both. */
  private static HealthTable.Probe shared(HealthTable.Probe first, HealthTable.Probe other) {
    if (first.paths().equals(other.paths()) || first.paths().size() >= MAX_PATHS) {
      return first;
    }
    List<ServicePath> paths =
        Stream.concat(first.paths().stream(), other.paths().stream())
            .distinct()
            .limit(MAX_PATHS)
            .toList();
    return new HealthTable.Probe(first.id(), first.check(), first.real(), first.weight(), paths);
  }

  private static ProbeId id(HealthCheck check, RealServer real, int clientsPort) {
    InetAddress address = check.address().orElse(real.address());
    int port =
        check.port() == HealthCheck.PORT_OF_REAL_SERVER ? real.portFor(clientsPort) : check.port();
    return new ProbeId(check.name(), address, port);
  }

  /** By pool: the one port of all its services, for real servers that take the client's port. */
  private static Map<String, Integer> clientsPorts(Configuration wanted) {
    Map<String, Set<Integer>> all = new HashMap<>();
    for (VirtualService service : wanted.virtualServices().values()) {
      boolean one = service.port().first() == service.port().last();
      int port = one ? service.port().first() : 0;
      all.computeIfAbsent(service.pool(), name -> new HashSet<>()).add(port);
      service
          .backupPool()
          .ifPresent(pool -> all.computeIfAbsent(pool, name -> new HashSet<>()).add(port));
    }
    Map<String, Integer> ports = new HashMap<>();
    all.forEach((pool, each) -> ports.put(pool, each.size() == 1 ? each.iterator().next() : 0));
    return ports;
  }
}
