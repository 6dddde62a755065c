package org.strowger.director;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.strowger.api.Compilation;
import org.strowger.api.Configuration;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.KeyPath;
import org.strowger.api.PortRange;
import org.strowger.api.Protocol;
import org.strowger.api.ProxyProtocol;
import org.strowger.api.RealServer;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.ServiceLimits;
import org.strowger.api.Violation;
import org.strowger.api.VirtualService;

/**
 * What the forwarding methods of a virtual service can carry. What the kernel cannot do is refused
 * here, by name: nothing is left out or replaced in silence.
 */
final class KernelRules {
  private static final String ONLY_RELAY = ", or forwarding: relay";

  private static final String PER_SOURCE = "no limit per source" + ONLY_RELAY;

  private final Configuration wanted;
  private final Plugins plugins;
  private final Running running;
  private final Consumer<Violation> violations;
  private final Map<String, Set<Optional<ForwardingMethod>>> said;

  KernelRules(
      Configuration wanted, Plugins plugins, Running running, Consumer<Violation> violations) {
    this.wanted = wanted;
    this.plugins = plugins;
    this.running = running;
    this.violations = violations;
    this.said = said(wanted);
  }

  /** What the real servers of each pool say of themselves; empty: as the virtual service says. */
  static Map<String, Set<Optional<ForwardingMethod>>> said(Configuration wanted) {
    Map<String, Set<Optional<ForwardingMethod>>> said = new HashMap<>();
    wanted
        .pools()
        .forEach(
            (name, pool) -> {
              Set<Optional<ForwardingMethod>> all = new LinkedHashSet<>();
              pool.realServers().values().forEach(real -> all.add(real.forwarding()));
              said.put(name, all);
            });
    return said;
  }

  /** The forwarding methods that a plane needs to carry a virtual service. */
  static Set<ForwardingMethod> methods(
      Map<String, Set<Optional<ForwardingMethod>>> said, VirtualService service) {
    Set<ForwardingMethod> methods = new LinkedHashSet<>(Set.of(service.forwarding()));
    pools(service)
        .flatMap(name -> said.getOrDefault(name, Set.of()).stream())
        .forEach(own -> own.ifPresent(methods::add));
    return methods;
  }

  private static Stream<String> pools(VirtualService service) {
    return Stream.concat(Stream.of(service.pool()), service.backupPool().stream());
  }

  /** The real servers that a virtual service may use: of its pool, and of its backup pool. */
  private Stream<RealServer> reals(VirtualService service) {
    return pools(service)
        .flatMap(name -> Stream.ofNullable(wanted.pools().get(name)))
        .flatMap(pool -> pool.realServers().values().stream());
  }

  void check(VirtualService service) {
    mixed(service);
    if (!service.forwarding().kernel()) {
      if (service.protocol() == Protocol.SCTP) {
        say(service, "protocol", "sctp", "a protocol that forwarding: relay can carry");
      }
      return;
    }
    fullNat(service);
    scheduler(service);
    address(service);
    reals(service).forEach(real -> real(service, real));
    absent(service);
  }

  private void fullNat(VirtualService service) {
    if (!methods(said, service).contains(ForwardingMethod.FULLNAT)) {
      return;
    }
    List<InetAddress> sources = wanted.kernel().sourceAddresses();
    boolean ipv6 = service.address() instanceof Inet6Address;
    if (sources.stream().noneMatch(each -> each instanceof Inet6Address == ipv6)) {
      say(
          service,
          "forwarding",
          ForwardingMethod.FULLNAT.word(),
          "another method, or %s address in director.sourceAddresses for full NAT to take"
              .formatted(ipv6 ? "an IPv6" : "an IPv4"));
    }
  }

  private void mixed(VirtualService service) {
    boolean kernel = service.forwarding().kernel();
    if (methods(said, service).stream().allMatch(method -> method.kernel() == kernel)) {
      return;
    }
    reals(service)
        .filter(real -> real.forwardingOf(service).kernel() != kernel)
        .forEach(
            real ->
                violations.accept(
                    Violation.of(
                        KeyPath.realServer(real.id(), "forwarding"),
                        real.forwardingOf(service).word(),
                        (kernel ? "a forwarding method of the kernel" : "relay")
                            + ", as virtual service "
                            + service.name()
                            + " uses forwarding: "
                            + service.forwarding().word()
                            + "; both do not mix in one")));
  }

  private void scheduler(VirtualService service) {
    SchedulerProvider provider = plugins.schedulers().get(service.scheduler());
    if (provider == null) {
      return;
    }
    PluginCalls.Answer<Compilation> compiled =
        plugins.compilation(service.scheduler(), provider, service.schedulerOptions());
    if (compiled.value().isEmpty()) {
      Plugins.refusal(
              KeyPath.virtualService(service.name(), "scheduler"),
              service.scheduler(),
              compiled.fault(),
              () -> running.has(service))
          .forEach(violations);
      return;
    }
    if (compiled.value().get() != Compilation.REFUSED) {
      return;
    }
    Set<String> those = new TreeSet<>();
    plugins
        .schedulers()
        .forEach(
            (name, other) ->
                plugins
                    .compilation(name, other, Map.of())
                    .value()
                    .filter(compilation -> compilation != Compilation.REFUSED)
                    .ifPresent(_ -> those.add(name)));
    say(
        service,
        "scheduler",
        service.scheduler(),
        "one that can be compiled for forwarding: "
            + service.forwarding().word()
            + " with these options (without options: "
            + String.join(", ", those)
            + ")"
            + ONLY_RELAY);
  }

  private void address(VirtualService service) {
    if (service.address().isAnyLocalAddress()) {
      say(
          service,
          "address",
          service.address().getHostAddress(),
          "one address, for the kernel tells virtual services by it" + ONLY_RELAY);
    }
    PortRange port = service.port();
    if (!port.single() && !port.equals(PortRange.ALL)) {
      say(service, "port", port, "one port or all" + ONLY_RELAY);
    }
  }

  private void real(VirtualService service, RealServer real) {
    ForwardingMethod method = real.forwardingOf(service);
    boolean samePort =
        real.port() == RealServer.SAME_PORT
            || (service.port().single() && real.port() == service.port().first());
    if (method.kernel() && !translates(method) && !samePort) {
      violations.accept(
          Violation.of(
              KeyPath.realServer(real.id(), "port"),
              real.port(),
              "same, or the port of virtual service "
                  + service.name()
                  + ": forwarding: "
                  + method.word()
                  + " leaves packets as they are"));
    }
    boolean tunnel =
        method == ForwardingMethod.TUNNEL_IPIP || method == ForwardingMethod.TUNNEL_GUE;
    if (method.kernel() && !tunnel && real.address().getClass() != service.address().getClass()) {
      violations.accept(
          Violation.of(
              KeyPath.realServer(real.id(), "address"),
              real.address().getHostAddress(),
              "an address of the family of virtual service " + service.name()));
    }
  }

  /** Keys that only the relay knows. */
  private void absent(VirtualService service) {
    if (service.queue().size() > 0) {
      say(
          service,
          "queue",
          "size: " + service.queue().size(),
          "size: 0, for packets do not wait" + ONLY_RELAY);
    }
    if (!service.proxyProtocol().equals(ProxyProtocol.NONE)) {
      say(service, "proxyProtocol", "", "no PROXY protocol" + ONLY_RELAY);
    }
    if (service.transparentSource()) {
      say(service, "transparentSource", "true", "false: clients are seen anyway" + ONLY_RELAY);
    }
    if (service.onePacket() && translated(service)) {
      say(service, "onePacket", "true", "false: translated flows are kept" + ONLY_RELAY);
    }
    ServiceLimits limits = service.limits();
    if (limits.connectionsPerSource() > 0) {
      say(service, "limits", "connectionsPerSource: " + limits.connectionsPerSource(), PER_SOURCE);
    }
    if (limits.ratePerSource() > 0) {
      say(service, "limits", "ratePerSource: " + limits.ratePerSource(), PER_SOURCE);
    }
    if (wanted.connectionLimit() > 0) {
      say(
          service,
          "forwarding",
          service.forwarding().word(),
          "relay, while director.connectionLimit is not 0");
    }
  }

  private boolean translated(VirtualService service) {
    return methods(said, service).stream().anyMatch(KernelRules::translates);
  }

  private static boolean translates(ForwardingMethod method) {
    return method == ForwardingMethod.MASQUERADING || method == ForwardingMethod.FULLNAT;
  }

  private void say(VirtualService service, String key, Object value, String expected) {
    violations.accept(Violation.of(KeyPath.virtualService(service.name(), key), value, expected));
  }
}
