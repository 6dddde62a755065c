package org.strowger.checks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.strowger.api.AdminState;
import org.strowger.api.CheckResult;

/** sendExpect and agent. */
final class DialogueChecksTest {
  private static final List<Object> REDIS =
      List.of(
          "send PING\r\n",
          "expect +PONG\r\n",
          "sendHex 51 55 49 54 0d 0a",
          "expectLine ^\\+(OK|BYE)$");

  private static CheckResult play(List<Object> dialogue, Server.Manner manner) throws Exception {
    try (Server server = Server.with(manner)) {
      return Lab.look("sendExpect", Map.of("dialogue", dialogue), server.port());
    }
  }

  @Test
  void aDialogueIsPlayedStepByStep() throws Exception {
    CheckResult result =
        play(
            REDIS,
            client -> {
              InputStream in = client.getInputStream();
              if (Server.line(in).equals("PING")) {
                client.getOutputStream().write("-LOADING\r\n+PO+PONG\r\n".getBytes(UTF_8));
              }
              if (Server.line(in).equals("QUIT")) {
                client.getOutputStream().write("+OK\r\n".getBytes(UTF_8));
              }
              Server.untilClosed(client);
            });
    assertEquals("all 4 steps went well", result.text());
    assertTrue(result.passed());
  }

  @Test
  void aDialogueThatStopsSaysWhere() throws Exception {
    try (Server mute = Server.silent()) {
      CheckResult silent = Lab.shortLook("sendExpect", Map.of("dialogue", REDIS), mute.port());
      assertTrue(Lab.ranOut(silent), silent.text());
    }
    CheckResult closed =
        play(REDIS, client -> client.getOutputStream().write("-ERR\r\n".getBytes(UTF_8)));
    assertFalse(closed.passed());
    CheckResult endless =
        play(
            REDIS,
            client -> {
              while (true) {
                client.getOutputStream().write(new byte[8192]);
              }
            });
    assertFalse(endless.passed());
  }

  private static CheckResult agent(String words, int weight) throws Exception {
    return AgentCheck.said(words, weight);
  }

  @Test
  void anAgentsWordsBecomeWeightStateAndVerdict() throws Exception {
    assertEquals(OptionalInt.of(5), agent("up 50%", 10).weight());
    assertTrue(agent("75%", 10).passed());
    assertEquals(OptionalInt.of(1), agent("1%", 10).weight());
    assertEquals(OptionalInt.of(0), agent("0%", 10).weight());
    assertEquals(OptionalInt.of(65535), agent("9999%", 60000).weight());
    assertEquals(Optional.of(AdminState.DRAIN), agent("drain", 10).wanted());
    assertEquals(Optional.of(AdminState.OUT_OF_SERVICE), agent("MAINT", 10).wanted());
    assertEquals(Optional.of(AdminState.IN_SERVICE), agent("ready,up", 10).wanted());
    assertFalse(agent("down#disk is full", 10).passed());
    assertFalse(agent("fail", 10).passed());
    assertFalse(agent("stopped", 10).passed());
    assertEquals(Optional.of("not understood: maxconn:30"), agent("50% maxconn:30", 10).warning());
    assertThrows(Unexpected.class, () -> agent("bonjour", 10));
    assertThrows(Unexpected.class, () -> agent("", 10));
  }

  @Test
  void anAgentIsAskedOverTcp() throws Exception {
    try (Server server =
        Server.with(
            client -> {
              String question = Server.line(client.getInputStream());
              client.getOutputStream().write((question + " 20%\n").getBytes(UTF_8));
            })) {
      CheckResult result = Lab.look("agent", Map.of("send", "up\n"), server.port());
      assertEquals("the agent says 'up 20%'", result.text());
      assertEquals(OptionalInt.of(2), result.weight());
    }
  }

  @Test
  void anAgentThatIsNotRequiredMayBeAway() throws Exception {
    try (Server silent = Server.silent()) {
      assertFalse(Lab.shortLook("agent", Map.of(), silent.port()).passed());
      CheckResult result = Lab.shortLook("agent", Map.of("required", false), silent.port());
      assertTrue(result.passed());
      assertEquals(Optional.of("the agent does not answer"), result.warning());
    }
  }
}
