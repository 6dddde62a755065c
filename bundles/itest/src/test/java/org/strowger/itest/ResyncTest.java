package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;
import org.strowger.testkit.Street;

/**
 * A network operation centre behind a network that loses traps: it notices, and after the recipe of
 * mibs/nms/resync.sh its list is that of the director.
 */
class ResyncTest {
  private static final String ENGINE_ID = "1.3.6.1.6.3.10.2.1.1.0";
  private static final String SEQUENCE = "1.3.6.1.4.1.32473.2.6.1.1.9.0";
  private static final Pattern SEEN = Pattern.compile("\\." + SEQUENCE + " = Gauge32: (\\d+)");
  private static final Pattern RESOURCE = Pattern.compile("pool=\\w,real=r");
  private static final Path RECIPE = Path.of("..", "..", "mibs", "nms", "resync.sh");

  @TempDir private Path folder;
  private @Nullable Street street;
  private @Nullable DirectorProcess director;
  private @Nullable Process trapd;

  @BeforeEach
  void build() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    for (String tool : List.of("ip", "nft", "snmpget", "snmpbulkwalk", "snmptrapd")) {
      assumeTrue(Lab.installed(tool), tool + " is not installed (nftables, snmp, snmptrapd)");
    }
    street = new Street("srs");
    street.house("dir", "10.79.0.1/24");
    street.house("noc", "10.79.0.2/24");
  }

  @AfterEach
  void remove() throws Exception {
    if (trapd != null) {
      trapd.destroy();
      trapd.waitFor(20, TimeUnit.SECONDS);
    }
    if (director != null) {
      director.close();
    }
    if (street != null) {
      street.remove();
    }
  }

  private void start(Street at) throws Exception {
    Path state = Files.createDirectories(folder.resolve("state"));
    for (String secret : List.of("auth", "priv")) {
      Path file = Files.writeString(state.resolve(secret), Lab.PASSWORD + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    StringBuilder pools = new StringBuilder();
    StringBuilder services = new StringBuilder();
    StringBuilder checks = new StringBuilder();
    int port = 8081;
    for (String name : List.of("a", "b", "c", "d")) {
      says(name, "up");
      checks.append(
          "  %s: { type: file, interval: 200ms, rise: 1, fall: 1, options: { path: %s } }%n"
              .formatted(name, folder.resolve(name)));
      pools.append(
          "  %s: { checks: [%s], realServers: { r: { address: 127.0.0.1, port: 9 } } }%n"
              .formatted(name, name));
      services.append(
          "  %s: { address: 127.0.0.1, port: %d, pool: %s }%n".formatted(name, port++, name));
    }
    Files.writeString(
        folder.resolve("director.yaml"),
        """
        checks:
        %spools:
        %svirtualServices:
        %smanagement:
          snmp:
            address: 10.79.0.1
            port: 1161
            users:
              noc: { role: viewer, authPassphraseFile: auth, privPassphraseFile: priv }
            targets:
              noc: { address: 10.79.0.2, port: 1162, kind: trap, user: noc }
        """
            .formatted(checks, pools, services));
    director =
        DirectorProcess.restartBehind(
            List.of("ip", "netns", "exec", at.name("dir")),
            Distribution.ofThisRepository(),
            folder);
  }

  /** What the check of a real server finds. */
  private void says(String real, String word) throws Exception {
    Path next = Files.writeString(folder.resolve(real + ".next"), word + "\n");
    Files.move(
        next,
        folder.resolve(real),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private List<String> fromNoc(Street at, String... words) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", at.name("noc")));
    command.addAll(List.of(words));
    return command;
  }

  private static List<String> credentials() {
    return List.of(
        "-v3 -l authPriv -u noc -a SHA-256 -A %s -x AES -X %s -t 3 -r 3"
            .formatted(Lab.PASSWORD, Lab.PASSWORD)
            .split(" ", -1));
  }

  private String ask(Street at, String tool, String oid) throws Exception {
    List<String> command = fromNoc(at, tool);
    command.addAll(credentials());
    command.addAll(List.of("-On", "10.79.0.1:1161", oid));
    return Lab.run(command);
  }

  private void receive(Street at) throws Exception {
    String engine = ask(at, "snmpget", ENGINE_ID).replaceAll("(?s).*Hex-STRING: |\\s", "");
    Path configuration =
        Files.writeString(
            folder.resolve("snmptrapd.conf"),
            "createUser -e 0x%s noc SHA-256 %s AES %s%nauthUser log noc priv%n"
                .formatted(engine, Lab.PASSWORD, Lab.PASSWORD));
    List<String> command =
        fromNoc(at, "snmptrapd", "-f", "-n", "-On", "-Oe", "-C", "-c", configuration.toString());
    command.addAll(List.of("-Lf", received().toString(), "-F", "%v\\n", "udp:10.79.0.2:1162"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("MIBS", "");
    builder.environment().put("SNMP_PERSISTENT_DIR", folder.resolve("trapd").toString());
    trapd =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile()).start();
    Lab.await("snmptrapd listens", () -> Files.exists(received()));
  }

  private Path received() {
    return folder.resolve("received");
  }

  /** Sequence numbers of the alarms that arrived, in order. */
  private List<Long> arrived() throws Exception {
    return SEEN.matcher(Files.readString(received()))
        .results()
        .map(found -> Long.valueOf(found.group(1)))
        .toList();
  }

  private boolean arrived(String real) throws Exception {
    return Files.readString(received()).contains(of(real) + "\"");
  }

  private Set<String> shown() throws Exception {
    return resources(director().cli("show", "alarms").out());
  }

  private DirectorProcess director() {
    return Objects.requireNonNull(director);
  }

  private static Set<String> resources(String text) {
    return RESOURCE
        .matcher(text)
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void trapsThatANetworkLostAreMadeGoodByTheRecipe() throws Exception {
    Street at = Objects.requireNonNull(street);
    start(at);
    receive(at);
    Lab.await("all are up", () -> shown().isEmpty());
    says("a", "down");
    Lab.await("the first trap arrives", () -> arrived("a"));
    at.in("noc", "nft add table inet lossy");
    at.in(
        "noc",
        "nft add chain inet lossy in { type filter hook input priority 0 ; policy accept ; }");
    at.in("noc", "nft add rule inet lossy in udp dport 1162 counter drop");
    says("b", "down");
    says("c", "down");
    says("a", "up");
    Lab.await("the director knows", () -> shown().equals(Set.of(of("b"), of("c"))));
    Lab.await("they were dropped", () -> dropped(at) >= 3);
    at.in("noc", "nft delete table inet lossy");
    assertFalse(arrived("b"), "it was lost");
    says("d", "down");
    Lab.await("the next trap arrives", () -> arrived("d"));
    List<Long> numbers = arrived();
    boolean gap = false;
    for (int i = 1; i < numbers.size(); i++) {
      gap |= numbers.get(i) > numbers.get(i - 1) + 1;
    }
    assertTrue(gap, "the manager can see that something is missing: " + numbers);
    List<String> recipe = fromNoc(at, "sh", RECIPE.toString(), "10.79.0.1:1161");
    recipe.addAll(credentials());
    List<String> list = Lab.run(recipe).lines().toList();
    assertEquals(shown(), resources(String.join("\n", list)), list.toString());
    assertEquals(Set.of(of("b"), of("c"), of("d")), resources(String.join("\n", list)));
    assertEquals(
        list.getFirst(), ask(at, "snmpget", SEQUENCE).replaceAll("(?s).*Gauge32: ", "").strip());
  }

  private static String of(String real) {
    return "pool=" + real + ",real=r";
  }

  private long dropped(Street at) throws Exception {
    String table = Lab.run(fromNoc(at, "nft", "list", "table", "inet", "lossy"));
    return Long.parseLong(table.replaceAll("(?s).*packets (\\d+) bytes.*", "$1"));
  }
}
