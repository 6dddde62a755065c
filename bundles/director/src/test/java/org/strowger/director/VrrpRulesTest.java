package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.Configuration;
import org.strowger.api.Violation;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpTrack;

/** Keys about failover: what is wrong is named, and what is left out has its default. */
class VrrpRulesTest {
  private final Map<String, Object> gate = new LinkedHashMap<>();
  private final Map<String, Object> instances = new LinkedHashMap<>();
  private final Map<String, Object> vrrp = new LinkedHashMap<>();

  @BeforeEach
  void good() {
    gate.putAll(Map.of("interface", "eth0", "routerId", 51L, "addresses", List.of("192.0.2.10")));
    instances.put("gate", gate);
    vrrp.put("instances", instances);
  }

  private Map<String, Object> tree() {
    return Map.of("vrrp", vrrp);
  }

  /** As the director checks a candidate: shape, what only the tree shows, references. */
  private List<String> wrong() {
    List<Violation> wrong = new ArrayList<>(TreeCheck.check(tree(), Shape.ROOT));
    if (wrong.isEmpty()) {
      wrong.addAll(TrackShape.one(tree()));
      Configuration read = ConfigurationReader.read(tree());
      new VrrpRules(read, wrong, names -> "are " + names.keySet()).check();
    }
    return wrong.stream().map(each -> each.path() + " " + each.expected()).toList();
  }

  private Vrrp read() {
    assertEquals(List.of(), wrong());
    return ConfigurationReader.read(tree()).vrrp();
  }

  private void isWrong(String path, String expected) {
    assertEquals(List.of("vrrp." + path + " " + expected), wrong());
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    VrrpInstance instance = read().instances().get("gate");
    assertEquals(3, instance.version());
    assertEquals(100, instance.priority());
    assertEquals(Duration.ofMillis(100), instance.advertInterval());
    assertEquals(VrrpInstance.Signing.NONE, instance.signing());
    assertEquals(Map.of(), instance.tracks());
    assertEquals(true, instance.duty());
  }

  @Test
  void theIntervalIsOneThatTheVersionCanTell() {
    gate.put("advertInterval", "15ms");
    isWrong("instances.gate.advertInterval", "a multiple of 10ms, because version is 3");
    gate.put("advertInterval", "41s");
    isWrong("instances.gate.advertInterval", "at most 40950ms, because version is 3");
    gate.put("version", 2L);
    gate.put("advertInterval", "1500ms");
    isWrong("instances.gate.advertInterval", "whole seconds, because version is 2");
  }

  @Test
  void addressesAreOfOneFamilyAndOfOneInstance() {
    gate.put("addresses", List.of("192.0.2.10", "2001:db8::1"));
    isWrong(
        "instances.gate.addresses",
        "addresses of one family; the other needs an instance of its own");
    gate.put("addresses", List.of("192.0.2.10"));
    instances.put(
        "other", Map.of("interface", "eth0", "routerId", 51L, "addresses", List.of("192.0.2.10")));
    assertEquals(
        List.of(
            "vrrp.instances.other.routerId another one than instance gate has",
            "vrrp.instances.other.addresses addresses that are not those of instance gate"),
        wrong());
  }

  @Test
  void aKeyIsNamedByItsFileAndHasANumberOfItsOwn() {
    vrrp.put("keys", Map.of("k1", Map.of("id", 1L, "secretFile", "vrrp.key")));
    gate.put("keys", List.of("k1"));
    assertEquals(List.of("k1"), read().instances().get("gate").signing().keys());
    assertEquals(1, read().keys().get("k1").id());
    gate.put("keys", List.of("k1", "k2"));
    isWrong("instances.gate.keys", "names of keys; there are [k1]");
    gate.put("keys", List.of("k1"));
    vrrp.put(
        "keys",
        new LinkedHashMap<>(
            Map.of(
                "k1", Map.of("id", 1L, "secretFile", "a"),
                "k2", Map.of("id", 1L, "secretFile", "b"))));
    assertEquals(1, wrong().size(), wrong().toString());
  }

  @Test
  void unsignedAdvertsAreAcceptedOnlyBesideKeys() {
    gate.put("acceptUnsigned", true);
    isWrong("instances.gate.acceptUnsigned", "keys with it");
  }

  @Test
  void aTrackLooksAtOneThing() {
    vrrp.put("tracks", Map.of("up", Map.of("interface", "eth1")));
    gate.put("tracks", Map.of("up", Map.of("weight", 30L)));
    assertEquals(Map.of("up", 30), read().instances().get("gate").tracks());
    assertEquals(new VrrpTrack.Subject.Device("eth1"), read().tracks().get("up").subject());
    vrrp.put("tracks", Map.of("up", Map.of("interface", "eth1", "file", "/run/x")));
    isWrong("tracks.up", "exactly one of interface, command, file, process, virtualServices");
    vrrp.put("tracks", Map.of("up", Map.of()));
    isWrong("tracks.up", "exactly one of interface, command, file, process, virtualServices");
  }

  @Test
  void whatATrackNamesIsThere() {
    vrrp.put("tracks", Map.of("up", Map.of("command", List.of("check.sh"))));
    isWrong("tracks.up.command", "a list that starts with the absolute path of a program");
    vrrp.put("tracks", Map.of("up", Map.of("virtualServices", List.of("web"))));
    isWrong("tracks.up.virtualServices", "names of virtual services; there are []");
    vrrp.remove("tracks");
    gate.put("tracks", Map.of("up", Map.of()));
    isWrong("instances.gate.tracks", "names of tracks; there are []");
  }

  @Test
  void aGroupIsOfInstancesThatAreThere() {
    vrrp.put("syncGroups", Map.of("both", Map.of("instances", List.of("gate", "none"))));
    isWrong("syncGroups.both.instances", "names of VRRP instances; there are [gate]");
  }
}
