package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What is tried in the second kernel, for the first one cannot end a tunnel, speak SCTP, or lose a
 * packet on purpose: this process runs in it, and prints a line for each story: {@code story NAME:
 * passed}, or what was wrong with it.
 */
final class LabStories {
  private static final int OCTETS = 1_000_000;
  private static final int OCTETS_BY_A_BAD_WAY = 300_000;
  private static final int SCTP_OCTETS = 400_000;
  private static final int SCTP_OCTETS_BY_A_BAD_WAY = 60_000;
  private static final String REALS4 = " a=10.9.0.21 b=10.9.0.22";
  private static final String REALS6 = " a=2001:db8:9::21 b=2001:db8:9::22";
  private static final List<String> OF_REALS4 = List.of("10.9.0.21", "10.9.0.22");
  private static final List<String> OF_REALS6 = List.of("2001:db8:9::21", "2001:db8:9::22");

  private final LabStreet street;
  private final LabTransfers transfers;
  private final HousedPlane director;
  private final Path folder;

  private LabStories(LabStreet street, LabTransfers transfers, HousedPlane director, Path folder) {
    this.street = street;
    this.transfers = transfers;
    this.director = director;
    this.folder = folder;
  }

  private interface Steps {
    void run(LabStories lab) throws Exception;
  }

  /** A story, and what is done in it. */
  private record Story(String name, Steps steps) {}

  private static final List<Story> ALL = all();

  private static List<Story> all() {
    List<Story> all = new ArrayList<>();
    for (String method : List.of("tunnelIpip", "tunnelGue")) {
      all.add(tunnel(method, "IPv4 in IPv4", "10.9.0.102", REALS4, "tunl0"));
      all.add(tunnel(method, "IPv6 in IPv6", "2001:db8:9::102", REALS6, "tunnel6"));
      all.add(tunnel(method, "IPv6 in IPv4", "2001:db8:9::102", REALS4, "sit0"));
      all.add(tunnel(method, "IPv4 in IPv6", "10.9.0.102", REALS6, "tunnel6"));
    }
    all.add(
        new Story(
            "SCTP by direct routing",
            lab -> lab.sctp("direct", "10.9.0.100", List.of("10.9.0.100", "10.9.0.100"))));
    all.add(new Story("SCTP by a tunnel", lab -> lab.tunnelledSctp("10.9.0.102")));
    all.add(
        new Story(
            "SCTP masqueraded, its CRC32c made by nobody",
            lab -> lab.checksums(false, false, "10.9.0.101", OF_REALS4)));
    all.add(
        new Story(
            "SCTP masqueraded, its CRC32c made by the client",
            lab -> lab.checksums(true, true, "10.9.0.101", OF_REALS4)));
    all.add(
        new Story(
            "SCTP masqueraded, its CRC32c made where it leaves the director",
            lab -> lab.checksums(false, true, "10.9.0.101", OF_REALS4)));
    all.add(
        new Story(
            "SCTP masqueraded over IPv6",
            lab -> lab.checksums(true, true, "2001:db8:9::101", OF_REALS6)));
    for (String method : List.of("direct", "masquerading", "fullnat", "tunnelGue")) {
      all.add(
          new Story(
              "TCP by " + method + " on a bad way",
              lab -> lab.onABadWay(() -> lab.tcp(method, OCTETS_BY_A_BAD_WAY))));
    }
    for (String method : List.of("direct", "masquerading", "tunnelIpip")) {
      all.add(
          new Story(
              "UDP by " + method + " on a bad way", lab -> lab.onABadWay(() -> lab.udp(method))));
    }
    all.add(
        new Story(
            "SCTP masqueraded on a bad way",
            lab ->
                lab.onABadWay(
                    () ->
                        lab.sctp(
                            "masquerading", "10.9.0.101", OF_REALS4, SCTP_OCTETS_BY_A_BAD_WAY))));
    return all;
  }

  static List<String> names() {
    return ALL.stream().map(Story::name).toList();
  }

  private static Story tunnel(
      String method, String families, String service, String reals, String device) {
    return new Story(
        method + ", " + families,
        lab -> {
          lab.want(method + " wlc " + service + reals);
          List<Long> before = lab.received(device);
          lab.transfers.tcp(service, OCTETS);
          List<Long> after = lab.received(device);
          for (int i = 0; i < before.size(); i++) {
            assertTrue(
                after.get(i) - before.get(i) >= OCTETS,
                "octets that came out of " + device + ": " + before + ", then " + after);
          }
        });
  }

  private List<Long> received(String device) throws IOException, InterruptedException {
    List<Long> all = new ArrayList<>();
    for (String real : LabStreet.REALS) {
      all.add(street.received(real, device));
    }
    return all;
  }

  private void want(String services) throws IOException {
    applied(director.want(services));
  }

  private static void applied(String said) {
    assertTrue(said.contains("Listening") && !said.contains("Failed"), said);
  }

  private static String service(String method) {
    return switch (method) {
      case "direct" -> "10.9.0.100";
      case "masquerading" -> "10.9.0.101";
      case "fullnat" -> "10.9.0.104";
      default -> "10.9.0.102";
    };
  }

  private void tcp(String method, int octets) throws Exception {
    director.say("settings tc 10.9.0.103");
    want(method + " wlc " + service(method) + REALS4);
    transfers.tcp(service(method), octets);
  }

  private void udp(String method) throws Exception {
    want(method + " wlc " + service(method) + "/udp/80" + REALS4);
    transfers.udp(service(method));
  }

  private void sctp(String method, String service, List<String> own) throws Exception {
    sctp(method, service, own, SCTP_OCTETS);
  }

  private void sctp(String method, String service, List<String> own, int octets) throws Exception {
    int more = method.equals("masquerading") ? LabTransfers.TRANSLATED : 0;
    boolean six = service.contains(":");
    for (int port : new int[] {LabTransfers.SCTP_DOWN, LabTransfers.SCTP_UP}) {
      director.say(
          "want %s wlc %s/sctp/%d a=%s=%d b=%s=%d"
              .formatted(
                  method,
                  service,
                  port,
                  (six ? OF_REALS6 : OF_REALS4).getFirst(),
                  port + more,
                  (six ? OF_REALS6 : OF_REALS4).getLast(),
                  port + more));
    }
    applied(director.say("apply"));
    Path body = folder.resolve("body-" + octets);
    byte[] made = new byte[octets];
    new Random(octets).nextBytes(made);
    Files.write(body, made);
    transfers.sctp(service, six ? "2001:db8:9::1" : "10.9.0.1", own, more, body);
  }

  /** A list of segments that a sender leaves to its card cannot go into a tunnel. */
  private void tunnelledSctp(String service) throws Exception {
    street.in("client", "ethtool -K door tx-sctp-segmentation off");
    try {
      sctp("tunnelIpip", service, List.of(service, service));
    } finally {
      street.in("client", "ethtool -K door tx-sctp-segmentation on");
    }
  }

  /**
   * Veth takes packets whose checksum nobody has made, for it has no wire. Who makes it here, is
   * said; the real servers then compare it.
   */
  private void checksums(boolean byEnds, boolean byDirector, String service, List<String> own)
      throws Exception {
    List<String> makers = new ArrayList<>();
    if (byEnds) {
      makers.addAll(List.of("client", "a", "b"));
    }
    if (byDirector) {
      makers.add("director");
    }
    try {
      for (String house : makers) {
        street.in(house, "ethtool -K door tx-checksum-sctp off");
      }
      sctp("masquerading", service, own);
    } finally {
      for (String house : makers) {
        street.in(house, "ethtool -K door tx-checksum-sctp on");
      }
    }
  }

  private interface Doing {
    void run() throws Exception;
  }

  private void onABadWay(Doing doing) throws Exception {
    street.bad(true);
    try {
      doing.run();
    } finally {
      street.bad(false);
    }
  }

  /**
   * Runs all stories, or those whose names begin as one of the arguments.
   *
   * @param arguments where the programs of the plane are; beginnings of names
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("lab");
    List<String> wanted = List.of(arguments).subList(1, arguments.length);
    try (LabStreet street = new LabStreet();
        LabTransfers transfers = new LabTransfers(street, folder)) {
      HousedPlane director = street.director(folder.resolve("bpf"), Path.of(arguments[0]));
      try {
        LabStories lab = new LabStories(street, transfers, director, folder);
        for (Story story : ALL) {
          if (wanted.isEmpty() || wanted.stream().anyMatch(story.name()::startsWith)) {
            lab.tell(story);
          }
        }
      } finally {
        director.kill();
      }
    }
    System.exit(0); // some real server may still wait for its client
  }

  private void tell(Story story) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String outcome;
    try {
      story.steps().run(this);
      outcome = "passed";
    } catch (Exception | AssertionError e) {
      outcome = e.toString().replace('\n', ' ');
      Arrays.stream(e.getStackTrace()).forEach(System.err::println);
      System.err.println(director.say("report"));
      System.err.println(director.say("connections"));
      System.err.println(street.counted());
    }
    System.err.printf("%s: %.1f s%n", story.name(), (System.nanoTime() - start) / 1e9);
    System.out.println("story " + story.name() + ": " + outcome);
  }
}
