package org.strowger.shell;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.KernelException;
import org.strowger.api.Knocker;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.ServicePath;
import org.strowger.api.Snapshot;

/**
 * {@code check POOL/REAL}: whether a real server is prepared for the forwarding methods of the
 * virtual services that use it, tried from here as clients' packets would reach it. A look of now;
 * health checks of type {@code forwarding} look again and again.
 */
final class Paths {
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration CLAIM = Duration.ofMillis(700);

  /** Paths tried; of more, the first so many. */
  private static final int MOST = 32;

  private final Door door;
  private final Awaited<Knocker> knocker;

  Paths(Door door, Awaited<Knocker> knocker) {
    this.door = door;
    this.knocker = knocker;
  }

  Command command() {
    return new Command(
        "check",
        "POOL/REAL",
        "whether a real server is prepared for how the virtual services forward to it: tried now,"
            + " from here",
        this::run,
        words -> words.isEmpty() ? Known.realServers(door.snapshot()) : List.of());
  }

  /**
   * What came of one path.
   *
   * @param finding a sentence
   */
  private record Tried(ServicePath path, boolean ready, String finding) {
    Map<String, @Nullable Object> row() {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("service", path.service());
      row.put("forwarding", path.method().word());
      row.put("address", path.address().getHostAddress());
      row.put("port", path.port());
      row.put("ready", ready);
      row.put("finding", finding);
      return row;
    }

    String line() {
      return "%s by %s: %s%s"
          .formatted(path.service(), path.method().word(), ready ? "" : "NOT READY: ", finding);
    }
  }

  private Output run(Request request) {
    String name = request.only("a real server as POOL/REAL");
    Snapshot snapshot = door.snapshot();
    var id = Known.realServer(snapshot, name);
    RealServer real = snapshot.configuration().realServer(id).orElseThrow();
    List<ServicePath> paths =
        snapshot.configuration().virtualServices().values().stream()
            .filter(
                service ->
                    service.pool().equals(id.pool())
                        || service.backupPool().filter(id.pool()::equals).isPresent())
            .map(service -> ServicePath.of(service, real))
            .limit(MOST)
            .toList();
    if (paths.isEmpty()) {
      throw CommandFailure.rejected("no virtual service uses pool " + id.pool());
    }
    List<Tried> tried = new ArrayList<>();
    for (ServicePath path : paths) {
      tried.add(look(path, real));
    }
    boolean ready = tried.stream().allMatch(Tried::ready);
    StringBuilder text = new StringBuilder(name + " at " + real.address().getHostAddress() + "\n");
    tried.forEach(each -> text.append("  ").append(each.line()).append('\n'));
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("realServer", name);
    data.put("ready", ready);
    data.put("paths", tried.stream().map(Tried::row).toList());
    return new Output(ready ? Exit.DONE : Exit.REJECTED, text.toString(), data);
  }

  private Tried look(ServicePath path, RealServer real) {
    try {
      return switch (path.method()) {
        case DIRECT, TUNNEL_IPIP, TUNNEL_GUE -> knock(path, real);
        case RELAY, MASQUERADING, FULLNAT, LOCAL -> connect(path, real);
      };
    } catch (KernelException e) {
      return new Tried(path, false, e.sentence());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.busy("busy: interrupted");
    }
  }

  private Tried knock(ServicePath path, RealServer real)
      throws KernelException, InterruptedException {
    Knocker present = knocker.get();
    Optional<String> unavailable = present.unavailable();
    if (unavailable.isPresent()) {
      throw CommandFailure.rejected(unavailable.get());
    }
    int port = path.protocol() == Protocol.TCP ? path.port() : 0;
    Knocker.Knock knock = knock(path, real, port, ANSWER);
    Knocker.Answer answer = present.knock(knock);
    String address = path.address().getHostAddress();
    String at = address + (port == 0 ? "" : " port " + port);
    return switch (answer) {
      case OPEN ->
          present.claims(knock(path, real, port, CLAIM))
              ? new Tried(path, false, claimed(address))
              : new Tried(path, true, at + " answers");
      case REFUSED ->
          new Tried(path, false, "it has the address " + address + ", but refuses port " + port);
      case SILENT -> new Tried(path, false, "no answer from " + at + ": " + advice(path, address));
      case NOBODY ->
          new Tried(
              path,
              false,
              "nobody on the link has " + real.address().getHostAddress() + ": is it on?");
    };
  }

  private static Knocker.Knock knock(
      ServicePath path, RealServer real, int port, Duration timeout) {
    return new Knocker.Knock(
        path.address(), port, real.address(), path.method(), Optional.empty(), timeout);
  }

  private static String claimed(String address) {
    return "it answers the link for %s itself, so that clients go past the director: there, %s"
        .formatted(
            address, "sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2");
  }

  private static String advice(ServicePath path, String address) {
    String loopback =
        "there, ip addr add %s/%d dev lo".formatted(address, address.indexOf(':') < 0 ? 32 : 128);
    return switch (path.method()) {
      case TUNNEL_IPIP -> loopback + ", and a tunnel device that unwraps IPIP, with rp_filter=0";
      case TUNNEL_GUE ->
          loopback + ", and GUE unwrapped at UDP port " + Knocker.GUE_PORT + ", with rp_filter=0";
      default -> loopback;
    };
  }

  /** The plane translates addresses: what the real server must do for that is to answer. */
  private static Tried connect(ServicePath path, RealServer real) {
    InetAddress address = real.address();
    int port = real.portFor(path.port());
    if (path.protocol() != Protocol.TCP || port == 0) {
      return new Tried(path, true, "nothing that could be tried without a client's packet");
    }
    String at = address.getHostAddress() + " port " + port;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), (int) ANSWER.toMillis());
      String way =
          path.method() == ForwardingMethod.MASQUERADING
              ? "; its route to the clients must lead through the director"
              : "";
      return new Tried(path, true, at + " answers" + way);
    } catch (IOException e) {
      return new Tried(path, false, at + ": " + e.getMessage());
    }
  }
}
