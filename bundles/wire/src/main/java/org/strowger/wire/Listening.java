package org.strowger.wire;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps listening what should listen: opens what is missing, tries again what could not be opened,
 * and tells what came of it. All under the wire's lock.
 */
// Netty tells what comes of an ignored future to the handler or in the log.
@SuppressWarnings("FutureReturnValueIgnored")
final class Listening {
  private static final Logger log = LoggerFactory.getLogger(Listening.class);

  private final Object lock;
  private final Exchange exchange;
  private final Listeners listeners;
  private final Map<String, ServicePort> ports;

  /**
   * For one wire.
   *
   * @param lock the wire's
   * @param ports what is wanted now, by name; the wire's own map
   */
  Listening(Object lock, Exchange exchange, Listeners listeners, Map<String, ServicePort> ports) {
    this.lock = lock;
    this.exchange = exchange;
    this.listeners = listeners;
    this.ports = ports;
  }

  /** Opens what is missing of these. */
  void open(Collection<ServicePort> some) {
    synchronized (lock) {
      some.stream().filter(this::current).forEach(port -> open(port, false));
    }
  }

  /** Tries again where something could not be opened. */
  void retry() {
    synchronized (lock) {
      open(
          ports.values().stream()
              .filter(port -> port.wanted().listening() && !port.opening())
              .filter(port -> !"".equals(port.failure()))
              .toList());
    }
  }

  private boolean current(ServicePort port) {
    ServicePort present = ports.get(port.name());
    return present != null && present.equals(port);
  }

  /**
   * Opens what is missing.
   *
   * @param beside another wire of this process may have sockets on the same ports
   */
  void open(ServicePort port, boolean beside) {
    if (!port.wanted().listening()) {
      port.failure(null);
      return;
    }
    String privilege = Privileges.missing(port.wanted(), exchange.transport());
    if (!privilege.isEmpty()) {
      listeners
          .close(port)
          .thenRun(
              () -> tell(port, "cannot listen on " + port.wanted().where() + ": " + privilege));
      return;
    }
    if (port.beginOpening()) {
      listeners.open(port, beside).thenAccept(result -> opened(port, result));
    }
  }

  private void opened(ServicePort port, Listeners.Opened result) {
    synchronized (lock) {
      port.listeners().removeAll(result.unusable());
      boolean again = port.endOpening();
      if (!current(port)) {
        listeners.close(port);
      } else if (again) {
        open(port, false);
      } else {
        tell(port, steered(port, sentence(port.wanted(), result.failures())));
      }
    }
  }

  /** Leads all ports to the sockets that were opened, where that is wanted. */
  private String steered(ServicePort port, String failure) {
    WantedService wanted = port.wanted();
    if (!failure.isEmpty() || !wanted.steered() || port.steering() != null) {
      return failure;
    }
    try {
      List<Integer> descriptors = new ArrayList<>();
      port.listeners().forEach(each -> descriptors.add(Transport.descriptor(each.socket())));
      port.steering(
          Steering.attach(
              Steering.TCP,
              wanted.address().getAddress(),
              wanted.address().getPort(),
              wanted.lastPort(),
              descriptors));
      return "";
    } catch (java.io.IOException e) {
      listeners.close(port);
      return "cannot listen on " + wanted.where() + ": " + e.getMessage();
    }
  }

  /** Which ports are not listened on and why, in one sentence; empty if all are. */
  static String sentence(WantedService wanted, SortedMap<Integer, String> failures) {
    SortedMap<Integer, String> failed = new TreeMap<>(failures);
    failed.keySet().removeIf(port -> !wanted.hasPort(port));
    if (failed.isEmpty()) {
      return "";
    }
    String why = failed.get(failed.firstKey());
    InetSocketAddress address = wanted.address();
    if (failed.size() == wanted.ports() || wanted.steered()) {
      return "cannot listen on " + wanted.where() + ": " + why;
    }
    int others = wanted.ports() - failed.size();
    return "cannot listen on %s ports %s: %s; the other %d are listened on"
        .formatted(address.getAddress().getHostAddress(), groups(failed), why, others);
  }

  private static String groups(SortedMap<Integer, String> failed) {
    List<String> groups = new ArrayList<>();
    int first = -1;
    int last = -1;
    for (int port : failed.keySet()) {
      if (last >= 0 && port != last + 1) {
        groups.add(group(first, last));
        first = port;
      } else if (last < 0) {
        first = port;
      }
      last = port;
    }
    groups.add(group(first, last));
    int told = Math.min(groups.size(), Limits.PORTS_TOLD);
    String text = String.join(", ", groups.subList(0, told));
    return told == groups.size() ? text : text + " and " + (groups.size() - told) + " groups more";
  }

  private static String group(int first, int last) {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }

  /** Tells the decider, if this is news. */
  void tell(ServicePort port, String failure) {
    Decider decider = exchange.decider();
    if (port.failure(failure)) {
      log.atInfo()
          .addKeyValue("service", port.name())
          .log(failure.isEmpty() ? "listening" : failure);
      if (decider != null) {
        decider.listening(port.name(), failure);
      }
    }
  }

  /** For each wanted service: empty, or why it is not listened on. */
  static Map<String, String> report(Collection<ServicePort> all) {
    Map<String, String> result = new java.util.HashMap<>();
    for (ServicePort port : all) {
      @Nullable String failure = port.failure();
      if (failure != null) {
        result.put(port.name(), failure);
      }
    }
    return result;
  }
}
