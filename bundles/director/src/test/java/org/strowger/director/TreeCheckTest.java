package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.strowger.api.Violation;

class TreeCheckTest {
  private static List<String> violations(Map<String, Object> tree) {
    return TreeCheck.check(tree, Shape.ROOT).stream().map(Violation::text).toList();
  }

  @Test
  void emptyConfigurationIsRight() {
    assertEquals(List.of(), violations(Map.of()));
  }

  @Test
  void misspelledKeyIsAnsweredWithTheNearestOne() {
    List<String> found = violations(Map.of("pols", Map.of()));
    assertEquals(
        List.of(
            "pols: expected no such key here, only director, hooks, checks, pools,"
                + " virtualServices, vrrp, sync, management, alarms (did you mean pools?)"),
        found);
  }

  @Test
  void missingRequiredKeysAreAllNamed() {
    List<String> found = violations(Map.of("virtualServices", Map.of("web", Map.of())));
    assertEquals(3, found.size(), found.toString());
    assertTrue(found.stream().anyMatch(v -> v.startsWith("virtualServices.web.pool: ")));
  }

  @Test
  void optionsOfChecksMayHoldBranchesAndListsOfPlainValues() {
    assertEquals(List.of(), options(Map.of("a", List.of("x", 1L, true), "b", Map.of("c", 2L))));
    assertEquals(
        List.of("checks.c.options.a: expected a list of texts, numbers or true and false"),
        options(Map.of("a", List.of(Map.of()))));
  }

  private static List<String> options(Map<String, Object> options) {
    return violations(Map.of("checks", Map.of("c", Map.of("type", "tcp", "options", options))));
  }

  @Test
  void hostNamesAndHalfAddressesAreNoAddresses() {
    for (String wrong : List.of("localhost", "1.2.3", "1.2.3.4.5", "1.2.3.256", "::g", ":::", "")) {
      assertTrue(Type.parseAddress(wrong).isEmpty(), wrong);
    }
    for (String right :
        List.of("0.0.0.0", "255.255.255.255", "::", "2001:db8::1", "::ffff:1.2.3.4")) {
      assertTrue(Type.parseAddress(right).isPresent(), right);
    }
  }
}
