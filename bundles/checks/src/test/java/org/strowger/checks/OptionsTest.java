package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.strowger.api.CheckProvider;

/** What is wrong with options is said with its path, its value and what was expected. */
final class OptionsTest {
  @Test
  void eachTypeHasAName() {
    Set<String> names = new HashSet<>();
    for (CheckProvider provider : Checks.providers()) {
      assertTrue(names.add(provider.name()), provider.name());
    }
    assertEquals(15, names.size());
  }

  @Test
  void anUnknownKeyIsNamedWithTheKnownOnes() {
    assertEquals(
        List.of("options.rest: 'true': expected an option of check type tcp: reset"),
        Lab.violations("tcp", Map.of("rest", true)));
    for (CheckProvider provider : Checks.providers()) {
      assertTrue(
          Lab.violations(provider.name(), Map.of("noSuchOption", 1)).stream()
              .anyMatch(text -> text.startsWith("options.noSuchOption: '1': expected ")),
          provider.name());
    }
  }

  @Test
  void valuesAreCheckedAlsoInLists() {
    assertEquals(
        List.of(
            "options.requests.home.path: 'index.html': expected a path that starts with /, at most"
                + " 1024 ASCII characters"),
        Lab.violations(
            "http",
            Map.of("requests", Map.of("a", Map.of(), "home", Map.of("path", "index.html")))));
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of("status", "299-200"),
            Map.of("status", List.of()),
            Map.of("status", 99),
            Map.of("body", "(unclosed"),
            Map.of("body", "(a)\\1"),
            Map.of("sha256", "abcd"),
            Map.of("method", "HEAD", "body", "x"),
            Map.of("method", "BREW"),
            Map.of("version", "2"),
            Map.of("host", "a b"),
            Map.of("headers", Map.of("X", "a\r\nInjected: yes")),
            Map.of("expectHeaders", Map.of("X", "(")),
            Map.of("maxBody", 1 << 30),
            Map.of("requests", "none"),
            Map.of("caFile", "/tmp/ca.pem"))) {
      assertEquals(1, Lab.violations("http", wrong).size(), wrong.toString());
    }
  }

  @Test
  void whatHoldsBetweenKeysIsChecked() {
    for (Map.Entry<String, Map<String, Object>> wrong :
        List.<Map.Entry<String, Map<String, Object>>>of(
            Map.entry("https", Map.of("verify", false, "caFile", "/ca.pem")),
            Map.entry("https", Map.of("caFile", "ca.pem")),
            Map.entry("tls", Map.of("serverName", "not a name")),
            Map.entry("smtp", Map.of("startTls", true, "hello", "HELO")),
            Map.entry("dns", Map.of()),
            Map.entry("dns", Map.of("name", "a..b")),
            Map.entry("dns", Map.of("name", "a", "code", "NXDOMAIN", "expect", "b")),
            Map.entry("udp", Map.of()),
            Map.entry("udp", Map.of("payload", "a", "payloadHex", "00")),
            Map.entry("udp", Map.of("payload", "a", "maskHex", "ff")),
            Map.entry("udp", Map.of("payload", "a", "silence", "up", "reply", "b")),
            Map.entry("udp", Map.of("payload", "a", "minLength", 9, "maxLength", 3)),
            Map.entry("sendExpect", Map.of()),
            Map.entry("sendExpect", Map.of("dialogue", List.of("wait 3"))),
            Map.entry("sendExpect", Map.of("dialogue", List.of("send a", "expectHex 0"))),
            Map.entry("script", Map.of()),
            Map.entry("script", Map.of("command", "relative")),
            Map.entry("file", Map.of()),
            Map.entry("file", Map.of("path", "relative")),
            Map.entry("sip", Map.of("uri", "http://example.net")),
            Map.entry("diameter", Map.of("originHost", "a")))) {
      List<String> violations = Lab.violations(wrong.getKey(), wrong.getValue());
      assertEquals(1, violations.size(), wrong + " " + violations);
      assertThrows(
          IllegalArgumentException.class,
          () -> Lab.provider(wrong.getKey()).create(wrong.getValue()),
          wrong.toString());
    }
  }
}
