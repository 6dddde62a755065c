package org.strowger.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole wanted set of the health checker.
 *
 * @param probes each wanted probe once
 * @param known what the director knows already: a checker that knows less of a probe goes on from
 *     there, so that a new health bundle takes over verdicts and history from the one before
 * @param maintenanceFolder folder of files whose names say who is in maintenance
 */
public record HealthTable(
    List<Probe> probes, Map<ProbeId, ProbeState> known, Optional<Path> maintenanceFolder) {
  public HealthTable {
    probes = List.copyOf(probes);
    known = Map.copyOf(known);
  }

  /**
   * A wanted probe.
   *
   * @param check how, and how often
   * @param real the first real server that wants it, for checks that tell of it
   * @param weight that real server's configured weight
   * @param paths how connections of virtual services reach its real servers, each once
   */
  public record Probe(
      ProbeId id, HealthCheck check, RealServerId real, int weight, List<ServicePath> paths) {
    public Probe {
      paths = List.copyOf(paths);
    }

    /** One that no virtual service uses. */
    public Probe(ProbeId id, HealthCheck check, RealServerId real, int weight) {
      this(id, check, real, weight, List.of());
    }
  }
}
