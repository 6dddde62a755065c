package org.strowger.bpf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.strowger.api.Bpf;
import org.strowger.api.BpfSource;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardedService;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.ForwardingTable;
import org.strowger.api.KernelSettings;
import org.strowger.api.LookupTable;
import org.strowger.api.Network;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.VirtualService;

/**
 * The plane in a process of its own, over this machine's kernel, that a test can kill. Commands on
 * standard input, one answer line for each: {@code want METHOD SCHEDULER ADDRESS NAME=REAL...} adds
 * a service of TCP at port 80, with {@code ADDRESS/PROTOCOL/PORT} another one, whose real servers'
 * ports are the same or follow behind {@code NAME=REAL=}, {@code settings HOOK [SOURCE...]} says
 * where packets are met ({@code tc}, {@code xdp}, {@code xdpGeneric}) and what full NAT takes,
 * {@code apply} makes them so and forgets them, {@code held}, {@code active INDEX}, {@code cut}.
 */
final class PlaneProcess {
  private static KernelSettings settings = KernelSettings.NONE;

  private PlaneProcess() {}

  public static void main(String[] arguments) throws Exception {
    Bpf bpf = Kernel.bpf();
    var constructor = Class.forName("org.strowger.linux.KernelNetwork").getDeclaredConstructor();
    constructor.setAccessible(true);
    Network network = (Network) constructor.newInstance();
    Path root = Path.of(arguments[0]);
    ByteBuffer object = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[1])));
    byte[] before = Files.readAllBytes(Path.of(arguments[1].replace(".bpf.o", ".xdp.o")));
    BpfSource xdp = BpfSource.of("xdp", ByteBuffer.wrap(before));
    BpfPlane plane =
        new BpfPlane(
            new BpfPlane.PinsOpener() {
              @Override
              public Pins open() throws IOException {
                return Pins.open(
                    bpf, root, "1", BpfSource.of("director", object), Optional.of(xdp));
              }

              @Override
              public boolean left() {
                return Files.isDirectory(Pins.folder(root, "1"));
              }
            },
            bpf,
            network);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<ForwardedService> wanted = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println("answer " + answer(plane, wanted, line.split(" ")));
    }
    plane.close();
  }

  private static String answer(BpfPlane plane, List<ForwardedService> wanted, String[] words) {
    return switch (words[0]) {
      case "want" -> {
        wanted.add(service(words));
        yield "";
      }
      case "settings" -> {
        settings = settings(words);
        yield "";
      }
      case "apply" -> {
        List<String> events = new ArrayList<>();
        plane.apply(
            new ForwardingTable(1, List.copyOf(wanted), settings),
            event -> events.add(event.toString()));
        wanted.clear();
        yield events.toString();
      }
      case "held" -> Long.toString(plane.report().plane().connsHeld());
      case "report" -> plane.report().toString();
      case "connections" -> plane.connections(ConnectionFilter.ALL, 1000).toString();
      case "cut" -> Integer.toString(plane.disconnect(ConnectionFilter.ALL));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private static KernelSettings settings(String[] words) {
    List<String> door = List.of("door");
    return new KernelSettings(
        "",
        words[1].equals("xdp") ? door : List.of(),
        words[1].equals("xdpGeneric") ? door : List.of(),
        Arrays.stream(words).skip(2).map(InetAddress::ofLiteral).toList(),
        true);
  }

  private static ForwardedService service(String[] words) {
    String[] at = words[3].split("/");
    Protocol protocol =
        at.length < 3
            ? Protocol.TCP
            : org.strowger.api.Coded.byWord(Protocol.class, at[1]).orElseThrow();
    int port = at.length < 3 ? 80 : Integer.parseInt(at[2]);
    List<RealServer> reals = new ArrayList<>();
    for (int i = 4; i < words.length; i++) {
      String[] real = words[i].split("=");
      reals.add(
          RealServer.plain(
              new RealServerId("web", real[0]),
              InetAddress.ofLiteral(real[1]),
              real.length < 3 ? port : Integer.parseInt(real[2])));
    }
    ForwardingMethod method =
        org.strowger.api.Coded.byWord(ForwardingMethod.class, words[1]).orElseThrow();
    Optional<LookupTable> table = Optional.empty();
    if (words[2].equals("mh")) {
      List<Integer> owners = new ArrayList<>();
      for (int i = 0; i < 251; i++) {
        owners.add(i % reals.size());
      }
      table = Optional.of(new LookupTable(1, 2, false, true, 64, owners));
    }
    VirtualService plain =
        VirtualService.plain(
            "web" + words[3].replace('.', '-').replace(':', '-').replace('/', '-'),
            InetAddress.ofLiteral(at[0]),
            port,
            protocol,
            words[2],
            "web");
    return new ForwardedService(
        Services.forwarded(plain, method), true, reals, new LeastLoaded(reals, table));
  }
}
