package org.strowger.director;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.strowger.api.Configuration;
import org.strowger.api.Fingerprint;
import org.strowger.api.KeyPath;
import org.strowger.api.Management;
import org.strowger.api.PortRange;
import org.strowger.api.Protocol;
import org.strowger.api.ProxyProtocol;
import org.strowger.api.RealServer;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.SyslogTransport;
import org.strowger.api.Violation;
import org.strowger.api.VirtualService;

/**
 * What must hold between keys: references resolve, nothing collides, plug-ins take their options.
 */
final class Rules {
  private final Configuration wanted;
  private final Plugins plugins;
  private final Running running;
  private final Taken taken = new Taken();
  private final List<Violation> violations = new ArrayList<>();

  private final Map<String, Object> present;
  private final KernelRules kernel;

  private Rules(Configuration wanted, Plugins plugins, Map<String, Object> present) {
    this.plugins = plugins;
    this.present = present;
    this.wanted = wanted;
    this.running = new Running(present);
    this.kernel = new KernelRules(wanted, plugins, running, violations::add);
  }

  /**
   * All violations.
   *
   * @param present the tree that runs: what is configured already may be missing for a while
   */
  static List<Violation> check(Configuration wanted, Plugins plugins, Map<String, Object> present) {
    Rules rules = new Rules(wanted, plugins, present);
    wanted.pools().values().stream()
        .flatMap(pool -> pool.realServers().values().stream())
        .forEach(rules::thresholds);
    new HealthRules(wanted, plugins, present, rules.running, rules.violations::add).check();
    new VrrpRules(wanted, rules.violations, Rules::list).check();
    SyncShape.check(wanted, rules.violations::add);
    new HookRules(wanted, rules.violations, Rules::list).check();
    for (VirtualService service : wanted.virtualServices().values()) {
      rules.service(service);
    }
    wanted.management().syslog().values().forEach(rules::syslog);
    wanted.management().snmp().ifPresent(snmp -> rules.snmp(snmp));
    wanted.management().jmx().ifPresent(jmx -> rules.jmx(jmx));
    wanted.management().metrics().ifPresent(metrics -> rules.metrics(metrics));
    PerformanceShape.check(wanted, rules.violations::add);
    return rules.violations.stream().distinct().toList();
  }

  private void service(VirtualService service) {
    if (!wanted.pools().containsKey(service.pool())) {
      violations.add(
          Violation.of(
              KeyPath.virtualService(service.name(), "pool"),
              service.pool(),
              "the name of a pool; there " + list(wanted.pools())));
    }
    backupPool(service);
    udpOnly(service);
    kernel.check(service);
    take(
        service.protocol(),
        service.address(),
        service.port(),
        "virtualServices." + service.name(),
        KeyPath.virtualService(service.name(), "port"));
    scheduler(service);
  }

  private void backupPool(VirtualService service) {
    service
        .backupPool()
        .filter(name -> !wanted.pools().containsKey(name) || name.equals(service.pool()))
        .ifPresent(
            name ->
                violations.add(
                    Violation.of(
                        KeyPath.virtualService(service.name(), "backupPool"),
                        name,
                        "the name of another pool; there " + list(wanted.pools()))));
  }

  private void udpOnly(VirtualService service) {
    boolean udp = service.protocol() == Protocol.UDP;
    if (service.onePacket() && !udp) {
      violations.add(
          Violation.of(
              KeyPath.virtualService(service.name(), "onePacket"), "true", "protocol: udp"));
    }
    if (udp && service.address().isAnyLocalAddress()) {
      violations.add(
          Violation.of(
              KeyPath.virtualService(service.name(), "address"),
              service.address().getHostAddress(),
              "one address, because replies to datagrams come from it"));
    }
    if (udp && !service.proxyProtocol().equals(ProxyProtocol.NONE)) {
      violations.add(
          Violation.of(
              KeyPath.virtualService(service.name(), "proxyProtocol"),
              "",
              "no PROXY protocol with protocol: udp"));
    }
  }

  private void thresholds(RealServer real) {
    if (real.lowerThreshold() > 0 && real.lowerThreshold() >= real.upperThreshold()) {
      violations.add(
          Violation.of(
              KeyPath.realServer(real.id(), "lowerThreshold"),
              real.lowerThreshold(),
              "less than upperThreshold, which is " + real.upperThreshold()));
    }
  }

  /**
   * A name that nobody offers is a slip, unless it is at work already or nothing is offered yet.
   */
  private void scheduler(VirtualService service) {
    KeyPath path = KeyPath.virtualService(service.name(), "scheduler");
    Map<String, SchedulerProvider> schedulers = plugins.schedulers();
    SchedulerProvider provider = schedulers.get(service.scheduler());
    if (provider != null) {
      violations.addAll(plugins.options(service, provider, () -> running.has(service)));
    } else if (!schedulers.isEmpty() && !service.scheduler().equals(Trees.get(present, path))) {
      violations.add(
          Violation.of(
              path,
              service.scheduler(),
              "the name of an offered scheduler; there " + list(schedulers)));
    }
  }

  private void syslog(Management.SyslogTarget target) {
    if (target.transport() == SyslogTransport.TLS && target.trustFile().isEmpty()) {
      violations.add(
          Violation.of(
              KeyPath.of("management", "syslog", target.name(), "trustFile"),
              "",
              "a file with the certificates that are trusted, as the transport is tls"));
    }
  }

  private void snmp(Management.Snmp snmp) {
    take(
        Protocol.UDP,
        snmp.address(),
        PortRange.of(snmp.port()),
        "management.snmp",
        KeyPath.of("management", "snmp", "port"));
    snmp.tls().ifPresent(tls -> snmpTls(snmp, tls));
    snmp.targets().values().forEach(target -> snmpTarget(snmp, target));
  }

  private void snmpTarget(Management.Snmp snmp, Management.SnmpTarget target) {
    KeyPath path = KeyPath.of("management", "snmp", "targets", target.name());
    if (target.fingerprint().isEmpty()) {
      if (!snmp.users().containsKey(target.user())) {
        violations.add(
            Violation.of(
                path.child("user"),
                target.user(),
                "the name of an SNMP user; there " + list(snmp.users())));
      }
      return;
    }
    if (!target.user().isEmpty()) {
      violations.add(
          Violation.of(
              path.child("user"),
              target.user(),
              "none: over TLS the certificate of management.snmp.tls tells who sends"));
    }
    if (snmp.tls().isEmpty()) {
      violations.add(
          Violation.of(
              path.child("fingerprint"),
              target.fingerprint().orElseThrow(),
              "management.snmp.tls, whose certificate is shown to the target"));
    }
  }

  private void snmpTls(Management.Snmp snmp, Management.SnmpTls tls) {
    KeyPath path = KeyPath.of("management", "snmp", "tls");
    take(
        Protocol.TCP,
        snmp.address(),
        PortRange.of(tls.port()),
        "management.snmp.tls",
        path.child("port"));
    Map<Fingerprint, String> names = new HashMap<>();
    for (Management.SnmpTlsClient client : tls.clients().values()) {
      String other = names.putIfAbsent(client.fingerprint(), client.name());
      if (other != null) {
        violations.add(
            Violation.of(
                path.child("clients").child(client.name()).child("fingerprint"),
                client.fingerprint(),
                "a certificate of its own; this is that of " + other));
      }
    }
  }

  private void jmx(Management.Jmx jmx) {
    take(
        Protocol.TCP,
        jmx.address(),
        PortRange.of(jmx.port()),
        "management.jmx",
        KeyPath.of("management", "jmx", "port"));
    if (jmx.tls().isEmpty() && !jmx.address().isLoopbackAddress()) {
      violations.add(
          Violation.of(
              KeyPath.of("management", "jmx", "address"),
              jmx.address().getHostAddress(),
              "an address of loopback, or tls beside it"));
    }
  }

  private void metrics(Management.Metrics metrics) {
    take(
        Protocol.TCP,
        metrics.address(),
        PortRange.of(metrics.port()),
        "management.metrics",
        KeyPath.of("management", "metrics", "port"));
    boolean open = metrics.users().isEmpty() || metrics.tls().isEmpty();
    if (open && !metrics.address().isLoopbackAddress()) {
      violations.add(
          Violation.of(
              KeyPath.of("management", "metrics", "address"),
              metrics.address().getHostAddress(),
              "an address of loopback, or users and tls beside it"));
    }
  }

  /** What listens, by protocol and address and then by first port; the ranges are disjoint. */
  private static final class Taken {
    private record Owner(PortRange ports, String name) {}

    private final Map<String, TreeMap<Integer, Owner>> owners = new HashMap<>();

    /** The one that has a port of these already, as text; or they are the new one's now. */
    Optional<String> take(Protocol protocol, InetAddress address, PortRange ports, String name) {
      String literal = address.getHostAddress();
      TreeMap<Integer, Owner> there =
          owners.computeIfAbsent(protocol.word() + " " + literal, key -> new TreeMap<>());
      Map.Entry<Integer, Owner> nearest = there.floorEntry(ports.last());
      if (nearest != null && nearest.getValue().ports.overlaps(ports)) {
        Owner other = nearest.getValue();
        return Optional.of(literal + " port " + other.ports + " is that of " + other.name);
      }
      there.put(ports.first(), new Owner(ports, name));
      return Optional.empty();
    }
  }

  private void take(
      Protocol protocol, InetAddress address, PortRange ports, String owner, KeyPath path) {
    taken
        .take(protocol, address, ports, owner)
        .ifPresent(
            other ->
                violations.add(
                    Violation.of(path, ports, "an address and port of its own; " + other)));
  }

  static String list(Map<String, ?> named) {
    if (named.isEmpty()) {
      return "is none";
    }
    List<String> names = new TreeMap<String, Object>(named).keySet().stream().limit(20).toList();
    return (named.size() == 1 ? "is " : "are ")
        + String.join(", ", names)
        + (named.size() > names.size() ? ", ..." : "");
  }
}
