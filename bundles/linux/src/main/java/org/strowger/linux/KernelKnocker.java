package org.strowger.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.KernelException;
import org.strowger.api.Knocker;
import org.strowger.api.MacAddress;
import org.strowger.api.NetworkDevice;
import org.strowger.api.Route;

/**
 * Knocks by packet(7) sockets, because the kernel would deliver a packet for the service's address
 * to this machine, which has it too. For the same reason it drops the answer as a martian, after
 * the packet socket has heard it; so the connection that the real server opened is reset from here.
 */
final class KernelKnocker implements Knocker {
  /** CAP_NET_RAW, include/uapi/linux/capability.h. */
  private static final int NET_RAW = 13;

  /** Between two looks for the answer: a blocking call would hold up other virtual threads. */
  private static final long SHORTEST_MILLIS = 1;

  private static final long LONGEST_MILLIS = 10;
  private static final long SEEK_MILLIS = 20;
  private static final long ASK_AGAIN_NANOS = 200_000_000;
  private static final MacAddress EVERYBODY = new MacAddress(0xffff_ffff_ffffL);

  /** Ports and ids to knock from; those of the kernel end at 60999. */
  private static final int FIRST_PORT = 61_000;

  @Override
  public Optional<String> unavailable() {
    Optional<String> processor = SystemCall.unknownProcessor();
    return processor.isPresent() || Capabilities.has(NET_RAW)
        ? processor
        : Optional.of(
            "knocking through the forwarding path needs CAP_NET_RAW: start the director as root"
                + " or, with systemd, AmbientCapabilities=CAP_NET_RAW");
  }

  @Override
  public Answer knock(Knock knock) throws KernelException, InterruptedException {
    long deadline = System.nanoTime() + knock.timeout().toNanos();
    String operation = "knock at %s of %s".formatted(text(knock.virtual()), text(knock.real()));
    Route route = Routes.to(knock.real());
    if (route.local()) {
      throw new KernelException("cannot " + operation + ": that is this machine", 0);
    }
    if (knock.method() == ForwardingMethod.DIRECT && route.gateway().isPresent()) {
      throw new KernelException(
          "cannot %s: direct routing needs it on the link, not behind router %s"
              .formatted(operation, text(route.gateway().get())),
          0);
    }
    InetAddress source = source(knock, route, operation);
    Optional<MacAddress> station =
        station(route.device(), route.gateway().orElse(knock.real()), deadline);
    if (station.isEmpty()) {
      return Answer.NOBODY;
    }
    int ours = ThreadLocalRandom.current().nextInt(FIRST_PORT, 1 << 16);
    Path path = new Path(knock, route, station.get(), source, ours);
    PacketSocket.Answer awaited =
        new PacketSocket.Answer(knock.virtual(), knock.port(), source, ours);
    try (PacketSocket socket = new PacketSocket(operation, awaited)) {
      return knock(path, socket, deadline);
    }
  }

  @Override
  public boolean claims(Knock knock) throws KernelException, InterruptedException {
    long deadline = System.nanoTime() + knock.timeout().toNanos();
    String operation =
        "ask the link of %s for %s".formatted(text(knock.real()), text(knock.virtual()));
    Route route = Routes.to(knock.real());
    if (route.local() || route.gateway().isPresent()) {
      return false;
    }
    if (!(knock.virtual() instanceof Inet4Address virtual
        && route.source().orElse(null) instanceof Inet4Address source)) {
      return false;
    }
    Optional<MacAddress> own =
        Devices.all().stream()
            .filter(device -> device.index() == route.device())
            .findFirst()
            .flatMap(NetworkDevice::mac);
    Optional<MacAddress> station = station(route.device(), knock.real(), deadline);
    if (own.isEmpty() || station.isEmpty()) {
      return false;
    }
    try (PacketSocket socket = new PacketSocket(operation, new PacketSocket.Claim(virtual))) {
      ByteBuffer question = Packet.whoHas(own.get(), source, virtual);
      long again = System.nanoTime();
      while (System.nanoTime() - deadline < 0) {
        if (System.nanoTime() - again >= 0) {
          socket.send(route.device(), EVERYBODY, Packet.ARP, question);
          again = System.nanoTime() + ASK_AGAIN_NANOS;
        }
        Optional<ByteBuffer> heard = socket.receive();
        if (heard.isEmpty()) {
          Thread.sleep(LONGEST_MILLIS);
        } else if (PacketSocket.Claim.station(heard.get()).equals(station.get())) {
          return true;
        }
      }
      return false;
    }
  }

  private static String text(InetAddress address) {
    return address.getHostAddress();
  }

  private static InetAddress source(Knock knock, Route route, String operation)
      throws KernelException {
    Optional<InetAddress> source = knock.source();
    if (source.isEmpty()) {
      boolean same =
          knock.real() instanceof Inet4Address == knock.virtual() instanceof Inet4Address;
      // A tunnel may carry the other family: then it is the route to the service that tells.
      source = same ? route.source() : Routes.to(knock.virtual()).source();
    }
    return source
        .filter(address -> !address.equals(knock.virtual()))
        .orElseThrow(
            () ->
                new KernelException(
                    "cannot " + operation + ": this machine has no other address to do it from",
                    0));
  }

  private static Optional<MacAddress> station(int device, InetAddress next, long deadline)
      throws KernelException, InterruptedException {
    while (true) {
      Optional<MacAddress> known = Neighbours.station(device, next);
      if (known.isPresent() || System.nanoTime() - deadline >= 0) {
        return known;
      }
      Neighbours.seek(device, next);
      Thread.sleep(SEEK_MILLIS);
    }
  }

  /** How a packet gets there. */
  private record Path(Knock knock, Route route, MacAddress station, InetAddress source, int ours) {
    void send(PacketSocket socket, ByteBuffer inner) throws KernelException {
      InetAddress outer = route.source().orElse(source);
      ByteBuffer packet =
          switch (knock.method()) {
            case TUNNEL_IPIP -> Packet.ipip(outer, knock.real(), inner);
            case TUNNEL_GUE -> Packet.gue(outer, ours, knock.real(), inner);
            default -> inner;
          };
      boolean tunnel = knock.method() != ForwardingMethod.DIRECT;
      int type = Packet.type(tunnel ? knock.real() : knock.virtual());
      socket.send(route.device(), station, type, packet);
    }

    ByteBuffer tcp(int sequence, int flags) {
      return Packet.tcp(source, ours, knock.virtual(), knock.port(), sequence, flags);
    }
  }

  private static Answer knock(Path path, PacketSocket socket, long deadline)
      throws KernelException, InterruptedException {
    int sequence = ThreadLocalRandom.current().nextInt();
    boolean echo = path.knock.port() == 0;
    path.send(
        socket,
        echo
            ? Packet.echo(path.source, path.knock.virtual(), path.ours)
            : path.tcp(sequence, Packet.SYN));
    long pause = SHORTEST_MILLIS;
    while (true) {
      Optional<ByteBuffer> heard = socket.receive();
      if (heard.isPresent()) {
        Answer answer = echo ? Answer.OPEN : answer(heard.get());
        if (answer == Answer.OPEN && !echo) {
          path.send(socket, path.tcp(sequence + 1, Packet.RESET));
        }
        if (answer != Answer.SILENT) {
          return answer;
        }
      } else if (System.nanoTime() - deadline >= 0) {
        return Answer.SILENT;
      } else {
        Thread.sleep(pause);
        pause = Math.min(LONGEST_MILLIS, 2 * pause);
      }
    }
  }

  /** Of a TCP segment; silent if it answers nothing. */
  private static Answer answer(ByteBuffer packet) {
    int header = packet.get(0) >> 4 == 4 ? (packet.get(0) & 15) * 4 : 40;
    if (packet.limit() < header + 14) {
      return Answer.SILENT;
    }
    int flags = packet.get(header + 13);
    return (flags & Packet.RESET) != 0
        ? Answer.REFUSED
        : (flags & (Packet.SYN | Packet.ACKNOWLEDGED)) == (Packet.SYN | Packet.ACKNOWLEDGED)
            ? Answer.OPEN
            : Answer.SILENT;
  }
}
