package org.strowger.checks;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.strowger.api.Check;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.api.KernelException;
import org.strowger.api.Knocker;
import org.strowger.api.Protocol;
import org.strowger.api.ServicePath;

/**
 * Whether the real server answers what the virtual services' clients would send it, on the path on
 * which they do. With direct routing and tunnels that is a packet for the virtual service's own
 * address, in the frame or tunnel of the forwarding method: a real server that lost that address
 * answers everything else. TCP services are knocked at by a SYN, others by an ICMP echo. Where the
 * director or its kernel plane translates addresses, the path is a connection to the real server.
 */
final class ForwardingCheck implements Check {
  /** Addresses of virtual services knocked at in one look; of more, the first so many. */
  static final int MAX_ADDRESSES = 16;

  private final Supplier<Optional<Knocker>> present;

  ForwardingCheck(Supplier<Optional<Knocker>> present) {
    this.present = present;
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(target, this::look);
  }

  private CheckResult look(Look look) throws IOException, InterruptedException {
    boolean plain = false;
    Map<InetAddress, ServicePath> knocks = new LinkedHashMap<>();
    for (ServicePath path : look.target().paths()) {
      switch (path.method()) {
        case DIRECT, TUNNEL_IPIP, TUNNEL_GUE -> {
          ServicePath before = knocks.get(path.address());
          if (before == null || (port(before) == 0 && port(path) != 0)) {
            knocks.put(path.address(), path);
          }
        }
        case RELAY, MASQUERADING, FULLNAT, LOCAL -> plain |= path.protocol() == Protocol.TCP;
      }
    }
    List<String> seen = new ArrayList<>();
    if (!knocks.isEmpty()) {
      Optional<CheckResult> failed = knock(look, knocks, seen);
      if (failed.isPresent()) {
        return failed.get();
      }
    }
    if (plain) {
      try (Talk talk = Talk.open(look)) {
        talk.resetAtClose();
        seen.add("connected");
      }
    }
    return CheckResult.passed(seen.isEmpty() ? "no service has a path to look at" : said(seen));
  }

  private static String said(List<String> seen) {
    return String.join(", ", seen);
  }

  private static int port(ServicePath path) {
    return path.protocol() == Protocol.TCP ? path.port() : 0;
  }

  /** What failed, or adds to what was seen. */
  private Optional<CheckResult> knock(
      Look look, Map<InetAddress, ServicePath> knocks, List<String> seen)
      throws IOException, InterruptedException {
    Knocker knocker =
        present
            .get()
            .orElseThrow(() -> new IllegalStateException("nobody knocks: bundle linux is missing"));
    knocker
        .unavailable()
        .ifPresent(
            why -> {
              throw new IllegalStateException(why);
            });
    for (ServicePath path : knocks.values().stream().limit(MAX_ADDRESSES).toList()) {
      String at = path.address().getHostAddress() + (port(path) == 0 ? "" : " port " + port(path));
      look.step("knocking at " + at + " by " + path.method().word());
      Knocker.Answer answer = ask(knocker, look, path);
      String how = " by " + path.method().word();
      switch (answer) {
        case OPEN -> seen.add(at + " answers" + how);
        case REFUSED -> {
          return failed(CheckOutcome.REFUSED, "it refuses connections to " + at + how);
        }
        case SILENT -> {
          String text = "no answer from " + at + how + ": does it have the address of the service?";
          return failed(CheckOutcome.TIMEOUT, text);
        }
        case NOBODY -> {
          return failed(CheckOutcome.UNREACHABLE, "nobody on the link has its address");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<CheckResult> failed(CheckOutcome how, String text) {
    return Optional.of(CheckResult.failed(how, text));
  }

  private static Knocker.Answer ask(Knocker knocker, Look look, ServicePath path)
      throws IOException, InterruptedException {
    try {
      return knocker.knock(
          new Knocker.Knock(
              path.address(),
              port(path),
              look.address(),
              path.method(),
              look.target().source(),
              // It is this look that says what it waited for, not the one who interrupts it.
              Duration.ofMillis(Math.max(1, look.remainingMillis() * 9L / 10))));
    } catch (KernelException ours) { // no evidence about the real server
      throw new IllegalStateException(ours.sentence(), ours);
    }
  }
}
