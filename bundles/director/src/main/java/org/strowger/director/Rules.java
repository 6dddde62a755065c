package org.strowger.director;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.Management;
import org.strowger.api.Protocol;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.Violation;
import org.strowger.api.VirtualService;

/**
 * What must hold between keys: references resolve, nothing collides, plug-ins take their options.
 */
final class Rules {
  private final Configuration wanted;
  private final Map<String, SchedulerProvider> schedulers;
  private final List<Violation> violations = new ArrayList<>();

  private final Map<String, Object> present;

  private Rules(
      Configuration wanted,
      Map<String, SchedulerProvider> schedulers,
      Map<String, Object> present) {
    this.present = present;
    this.wanted = wanted;
    this.schedulers = schedulers;
  }

  /**
   * All violations.
   *
   * @param present the tree that runs: what is configured already may be missing for a while
   */
  static List<Violation> check(
      Configuration wanted,
      Map<String, SchedulerProvider> schedulers,
      Map<String, Object> present) {
    Rules rules = new Rules(wanted, schedulers, present);
    Map<String, String> taken = new HashMap<>();
    for (VirtualService service : wanted.virtualServices().values()) {
      rules.service(service, taken);
    }
    wanted.management().snmp().ifPresent(snmp -> rules.snmp(snmp, taken));
    wanted.management().jmx().ifPresent(jmx -> rules.jmx(jmx, taken));
    return rules.violations;
  }

  private void service(VirtualService service, Map<String, String> taken) {
    if (!wanted.pools().containsKey(service.pool())) {
      violations.add(
          Violation.of(
              KeyPath.virtualService(service.name(), "pool"),
              service.pool(),
              "the name of a pool; there " + list(wanted.pools())));
    }
    if (service.protocol() == Protocol.SCTP) {
      violations.add(
          Violation.of(
              KeyPath.virtualService(service.name(), "protocol"),
              service.protocol().word(),
              "a protocol that forwarding: " + service.forwarding().word() + " can carry"));
    }
    String owner = "virtualServices." + service.name();
    KeyPath path = KeyPath.virtualService(service.name(), "port");
    take(
        taken,
        new Endpoint(service.protocol(), service.address().getHostAddress(), service.port()),
        owner,
        path);
    scheduler(service);
  }

  /**
   * A name that nobody offers is a slip, unless it is at work already or nothing is offered yet.
   */
  private void scheduler(VirtualService service) {
    KeyPath path = KeyPath.virtualService(service.name(), "scheduler");
    SchedulerProvider provider = schedulers.get(service.scheduler());
    if (provider != null) {
      violations.addAll(
          provider.check(
              service.schedulerOptions(),
              KeyPath.virtualService(service.name(), "schedulerOptions")));
    } else if (!schedulers.isEmpty() && !service.scheduler().equals(Trees.get(present, path))) {
      violations.add(
          Violation.of(
              path,
              service.scheduler(),
              "the name of an offered scheduler; there " + list(schedulers)));
    }
  }

  private void snmp(Management.Snmp snmp, Map<String, String> taken) {
    take(
        taken,
        new Endpoint(Protocol.UDP, snmp.address().getHostAddress(), snmp.port()),
        "management.snmp",
        KeyPath.of("management", "snmp", "port"));
    for (Management.SnmpTarget target : snmp.targets().values()) {
      if (!snmp.users().containsKey(target.user())) {
        violations.add(
            Violation.of(
                KeyPath.of("management", "snmp", "targets", target.name(), "user"),
                target.user(),
                "the name of an SNMP user; there " + list(snmp.users())));
      }
    }
  }

  private void jmx(Management.Jmx jmx, Map<String, String> taken) {
    take(
        taken,
        new Endpoint(Protocol.TCP, jmx.address().getHostAddress(), jmx.port()),
        "management.jmx",
        KeyPath.of("management", "jmx", "port"));
  }

  private record Endpoint(Protocol protocol, String address, int port) {}

  private void take(Map<String, String> taken, Endpoint endpoint, String owner, KeyPath path) {
    String key = endpoint.protocol().word() + " " + endpoint.address() + " " + endpoint.port();
    String other = taken.putIfAbsent(key, owner);
    if (other != null) {
      violations.add(
          Violation.of(
              path,
              endpoint.port(),
              "an address and port of its own; "
                  + endpoint.address()
                  + " port "
                  + endpoint.port()
                  + " is that of "
                  + other));
    }
  }

  private static String list(Map<String, ?> named) {
    if (named.isEmpty()) {
      return "is none";
    }
    List<String> names = new TreeMap<String, Object>(named).keySet().stream().limit(20).toList();
    return (named.size() == 1 ? "is " : "are ")
        + String.join(", ", names)
        + (named.size() > names.size() ? ", ..." : "");
  }
}
