package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.strowger.api.Configuration;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Violation;

/** Keys about targets of notifications and communities: what contradicts itself is named. */
class SnmpRulesTest {
  private static final String FINGERPRINT = "04" + ":ab".repeat(32);
  private static final Map<String, Object> USER =
      Map.of("authPassphraseFile", "a", "privPassphraseFile", "p");
  private static final Map<String, Object> TLS =
      Map.of("certificateFile", "agent.crt", "keyFile", "agent.key");

  private static Configuration read(Map<String, Object> snmp) {
    Map<String, Object> tree = Map.of("management", Map.of("snmp", snmp));
    assertEquals(List.of(), TreeCheck.check(tree, Shape.ROOT));
    return ConfigurationReader.read(tree);
  }

  private static List<String> wrong(Map<String, Object> snmp) {
    return Rules.check(
            read(snmp),
            new Plugins(Map.of(), Map.of(), new PluginCalls(new CallWatch(), () -> {})),
            Map.of())
        .stream()
        .map(Violation::text)
        .toList();
  }

  private static Map<String, Object> snmp(Map<String, Object> target) {
    Map<String, Object> noc = new HashMap<>(target);
    noc.put("address", "192.0.2.9");
    return new HashMap<>(Map.of("users", Map.of("ops", USER), "targets", Map.of("noc", noc)));
  }

  @Test
  void aTargetHasAUserOrACertificate() {
    assertEquals(List.of(), wrong(snmp(Map.of("user", "ops"))));
    assertEquals(
        List.of(
            "management.snmp.targets.noc.user: expected the name of an SNMP user;"
                + " there is ops"),
        wrong(snmp(Map.of())));
    assertEquals(
        List.of(
            "management.snmp.targets.noc.fingerprint: '"
                + FINGERPRINT
                + "': expected management.snmp.tls, whose certificate is shown to the target"),
        wrong(snmp(Map.of("fingerprint", FINGERPRINT))));
    Map<String, Object> both = snmp(Map.of("fingerprint", FINGERPRINT, "user", "ops"));
    both.put("tls", TLS);
    assertEquals(
        List.of(
            "management.snmp.targets.noc.user: 'ops': expected none: over TLS the certificate of"
                + " management.snmp.tls tells who sends"),
        wrong(both));
    Map<String, Object> right = snmp(Map.of("fingerprint", FINGERPRINT, "heartbeat", "10s"));
    right.put("tls", TLS);
    assertEquals(List.of(), wrong(right));
    Snmp read = read(right).management().snmp().orElseThrow();
    SnmpTarget target = read.targets().get("noc");
    assertEquals(Duration.ofSeconds(10), target.heartbeat().orElseThrow());
    assertEquals(FINGERPRINT, target.fingerprint().orElseThrow().text());
  }

  @Test
  void heartbeatsAreTheTimeThatManagementTellsOrNone() {
    for (String right : List.of("0s", "0ms", "1s", "1500ms", "1d")) {
      assertEquals(List.of(), heartbeats(right), right);
    }
    String expected = "expected 0s, or a duration such as 30s or 5m from 1s to 86400s";
    for (String wrong : List.of("500ms", "1ms", "2d", "often")) {
      assertEquals(
          List.of(
              "alarms.heartbeat: '" + wrong + "': " + expected,
              "management.snmp.targets.noc.heartbeat: '" + wrong + "': " + expected),
          heartbeats(wrong));
    }
  }

  private static List<String> heartbeats(String time) {
    Map<String, Object> tree =
        Map.of(
            "alarms",
            Map.of("heartbeat", time),
            "management",
            Map.of("snmp", snmp(Map.of("user", "ops", "heartbeat", time))));
    return TreeCheck.check(tree, Shape.ROOT).stream().map(Violation::text).sorted().toList();
  }

  @Test
  void aCommunityIsTakenFromNowhereUnlessItIsSaid() {
    Map<String, Object> snmp = snmp(Map.of("user", "ops"));
    snmp.put("communities", Map.of("lab", Map.of("communityFile", "lab.community")));
    Snmp read = read(snmp).management().snmp().orElseThrow();
    assertEquals(List.of(), read.communities().get("lab").sources());
    assertEquals(
        Map.of(),
        read(snmp(Map.of("user", "ops"))).management().snmp().orElseThrow().communities());
  }
}
