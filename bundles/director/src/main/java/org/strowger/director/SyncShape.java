package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.named;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.Sync;
import org.strowger.api.Violation;

/**
 * The part of the {@link Shape} that is about telling other directors the connections, how it is
 * read, and what must hold between its keys.
 */
final class SyncShape {
  private SyncShape() {}

  static Key.Branch sync() {
    return branch(
        "Directors that tell each other the connections that the kernel forwards.",
        "address",
        optional(Type.address(), "Of this director, on the link between them; others reach it."),
        "port",
        port("That this director listens at."),
        "secretFile",
        optional(
            Type.file(),
            "File, readable by its owner only, with the secret of all of them, at least %d characters."
                .formatted(Sync.SHORTEST)),
        "peers",
        named(
            "The other directors, by their director.name.",
            Sync.MAX_PEERS,
            branch(
                "Another director.",
                "address",
                required(Type.address(), "Its sync.address."),
                "port",
                port("Its sync.port."))),
        "minimumAge",
        withDefault(
            Type.duration(Duration.ZERO, Duration.ofHours(1)),
            "0s",
            "Connections that do not live so long are not told."),
        "megabits",
        withDefault(Type.integer(1, 100_000, "megabits a second"), 100L, "Most a second to each."));
  }

  private static Key port(String text) {
    return withDefault(Type.integer(1, 65_535, "port"), (long) Sync.PORT, text);
  }

  static Sync read(Section section) {
    return new Sync(
        section.find("address", InetAddress.class),
        section.integer("port"),
        section.find("secretFile", Path.class),
        section.entries(
            "peers",
            (name, peer) ->
                new Sync.Peer(name, peer.get("address", InetAddress.class), peer.integer("port"))),
        section.get("minimumAge", Duration.class),
        section.integer("megabits"));
  }

  static void check(Configuration wanted, Consumer<Violation> wrong) {
    Sync sync = wanted.sync();
    if (sync.peers().isEmpty()) {
      return;
    }
    KeyPath path = KeyPath.of("sync");
    if (sync.address().isEmpty()) {
      wrong.accept(Violation.of(path.child("address"), "", "an address, because there are peers"));
      return;
    }
    if (sync.secretFile().isEmpty()) {
      wrong.accept(Violation.of(path.child("secretFile"), "", "a file, because there are peers"));
    }
    InetAddress own = sync.address().get();
    if (own.isAnyLocalAddress() || own.isMulticastAddress()) {
      wrong.accept(
          Violation.of(
              path.child("address"), own.getHostAddress(), "one address of this director"));
    }
    Map<String, String> places = new HashMap<>();
    places.put(place(own, sync.port()), "this director");
    for (Sync.Peer peer : sync.peers().values()) {
      KeyPath of = path.child("peers").child(peer.name());
      if (peer.name().equals(wanted.directorName())) {
        wrong.accept(
            Violation.of(of, peer.name(), "names of other directors; this one has that name"));
      }
      String text = peer.address().getHostAddress();
      if (peer.address() instanceof Inet6Address != own instanceof Inet6Address) {
        wrong.accept(Violation.of(of.child("address"), text, "one of the family of sync.address"));
      }
      String other = places.putIfAbsent(place(peer.address(), peer.port()), peer.name());
      if (other != null) {
        wrong.accept(
            Violation.of(
                of.child("address"), text, "another address or port than " + other + " has"));
      }
    }
  }

  private static String place(InetAddress address, int port) {
    return address.getHostAddress() + " " + port;
  }
}
