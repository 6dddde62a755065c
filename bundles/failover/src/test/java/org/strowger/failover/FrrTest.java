package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.DirectorRole;
import org.strowger.api.VrrpCounters;
import org.strowger.failover.Station.Wish;

/**
 * Beside FRR's vrrpd, which has its addresses on a device of the virtual MAC address and brings
 * that up while it is active.
 */
@SuppressWarnings("try") // one ends early
class FrrTest {
  @TempDir Path folder;
  private Pair pair;

  @BeforeEach
  void build() throws Exception {
    assumeTrue(Pair.present("vrrpd") && Pair.present("zebra"), "frr is not installed");
    pair = new Pair();
    // The daemons run as the user frr and make their sockets and pid files here.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @AfterEach
  void remove() throws Exception {
    if (pair != null) { // an assumption failed
      pair.close();
    }
  }

  private void frr(int priority) throws Exception {
    pair.street.in(Pair.A, "ip link add vrrp4 link door type macvlan mode bridge");
    pair.street.in(Pair.A, "ip link set dev vrrp4 address 00:00:5e:00:01:4d");
    pair.street.in(Pair.A, "ip addr add 10.77.0.100/32 dev vrrp4");
    pair.street.in(Pair.A, "ip link set dev vrrp4 up");
    String zserv = folder.resolve("zserv").toString();
    daemon("zebra", "", "-z", zserv);
    Pair.await("zebra", () -> Files.exists(Path.of(zserv)), () -> log("zebra"));
    daemon(
        "vrrpd",
        """
        interface door
         vrrp 77 version 3
         vrrp 77 priority %d
         vrrp 77 advertisement-interval 100
         vrrp 77 ip 10.77.0.100
        """
            .formatted(priority),
        "-z",
        zserv);
  }

  private Process daemon(String name, String configuration, String... more) throws IOException {
    Path file = folder.resolve(name + ".conf");
    Files.writeString(file, "log stdout\n" + configuration);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/lib/frr/" + name,
                "-f",
                file.toString(),
                "-i",
                folder.resolve(name + ".pid").toString(),
                "--vty_socket",
                folder.toString(),
                "-P",
                "0"));
    command.addAll(List.of(more));
    return pair.start(Pair.A, folder.resolve(name + ".log"), command.toArray(String[]::new));
  }

  private String log(String name) {
    try {
      return Files.readString(folder.resolve(name + ".log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void oursIsTheBackupOfVrrpdAndTakesOverWhenItsCableIsCut() throws Exception {
    frr(150);
    try (Station b = Station.at(pair.street, Pair.B, Wish.of(100).instance())) {
      Pair.await(
          "its adverts",
          () ->
              b.state()
                  .filter(s -> s.counters().advertsReceived() > 5 && s.activePriority() == 150)
                  .isPresent(),
          () -> b.state() + log("vrrpd"));
      Pair.await("the role", () -> b.is(DirectorRole.BACKUP), () -> b.state() + log("vrrpd"));
      pair.cut(Pair.A);
      Pair.await("the role", () -> b.is(DirectorRole.ACTIVE), () -> b.state() + log("vrrpd"));
      pair.mend(Pair.A);
      Pair.await("the role", () -> b.is(DirectorRole.BACKUP), () -> b.state() + log("vrrpd"));
      noErrors(b);
    }
  }

  @Test
  void vrrpdIsTheBackupAndTakesOverWhenOursStops() throws Exception {
    try (Station b = Station.at(pair.street, Pair.B, Wish.of(150).instance())) {
      Pair.await("the role", () -> b.is(DirectorRole.ACTIVE), () -> b.state().toString());
      frr(100);
      // vrrpd may be active until it hears the first advert, and is answered then.
      Pair.await("vrrpd", () -> show().contains("Backup"), this::show);
      assertTrue(b.is(DirectorRole.ACTIVE), b.state().toString());
      b.close();
      Pair.await("vrrpd's role", () -> show().contains("Master"), this::show);
      noErrors(b);
    }
  }

  private String show() {
    return Pair.say(
        "ip",
        "netns",
        "exec",
        pair.street.name(Pair.A),
        "vtysh",
        "--vty_socket",
        folder.toString(),
        "-c",
        "show vrrp");
  }

  private static void noErrors(Station station) {
    VrrpCounters counters = station.state().orElseThrow().counters();
    assertEquals(0, counters.checksumErrors(), counters.toString());
    assertEquals(0, counters.lengthErrors(), counters.toString());
    assertEquals(0, counters.addressListErrors(), counters.toString());
  }
}
