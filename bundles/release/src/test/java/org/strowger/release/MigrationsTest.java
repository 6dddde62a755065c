package org.strowger.release;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a release makes of the configuration of the release before, and back. */
class MigrationsTest {
  private static final Map<String, Object> OLD =
      Map.of(
          "director", Map.of("name", "d1", "obsolete", true),
          "pools",
              Map.of(
                  "web", Map.of("checks", List.of("tcp"), "minUp", 2),
                  "dns", Map.of("checks", List.of("udp"))));

  @Test
  void aKeyIsRenamedUnderEachName() {
    assertEquals(
        Map.of(
            "director", Map.of("name", "d1", "obsolete", true),
            "pools",
                Map.of(
                    "web", Map.of("checks", List.of("tcp"), "quorum", 2),
                    "dns", Map.of("checks", List.of("udp")))),
        Migrations.applied(List.of("rename pools.*.minUp pools.*.quorum"), OLD));
  }

  @Test
  void namesGoWithTheKeyToAnotherBranch() {
    assertEquals(
        Map.of(
            "director", Map.of("name", "d1", "obsolete", true),
            "pools", Map.of("web", Map.of("minUp", 2)),
            "checkLists", Map.of("web", List.of("tcp"), "dns", List.of("udp"))),
        Migrations.applied(List.of("rename pools.*.checks checkLists.*"), OLD));
  }

  @Test
  void theWayBackBringsTheOldShape() {
    List<String> rules = List.of("rename pools.*.minUp pools.*.quorum", "rename pools serverPools");
    Map<String, Object> fresh = Migrations.applied(rules, OLD);
    assertEquals(OLD, Migrations.applied(Migrations.reversed(rules), fresh));
    assertEquals(fresh, Migrations.applied(rules, fresh), "the new shape goes through unchanged");
  }

  @Test
  void whatIsRemovedDoesNotComeBack() {
    List<String> rules = List.of("remove director.obsolete");
    assertEquals(Map.of("name", "d1"), Migrations.applied(rules, OLD).get("director"));
    assertEquals(List.of(), Migrations.reversed(rules));
  }

  @Test
  void whereBothAreConfiguredNobodyGuesses() {
    Map<String, Object> both = Map.of("director", Map.of("old", 1, "fresh", 2));
    List<String> rules = List.of("rename director.old director.fresh");
    assertEquals(both, Migrations.applied(rules, both));
    assertEquals(
        List.of(
            "director.old is called director.fresh in the new release, and both are configured"),
        Migrations.conflicts(rules, both));
    assertEquals(List.of(), Migrations.conflicts(rules, OLD));
  }

  @Test
  void aLineOfRulesIsReadBack() {
    List<String> rules = List.of("rename a.*.b a.*.c", "remove d.e");
    assertEquals(rules, Migrations.read(Migrations.line(rules)));
    assertEquals(List.of(), Migrations.read(""));
    assertEquals(List.of("remove d.e"), Migrations.read("nonsense; remove d.e"));
  }
}
