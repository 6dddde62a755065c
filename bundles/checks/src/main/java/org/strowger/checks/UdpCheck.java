package org.strowger.checks;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/**
 * Sends a datagram. An ICMP error fails; so does silence, unless {@code silence: up} for services
 * that never answer; so does a reply of another length or other bytes than expected.
 */
final class UdpCheck implements Check {
  static final int MAX_PAYLOAD = 1400;

  private final byte[] payload;
  private final Optional<byte[]> reply;
  private final Optional<byte[]> mask;
  private final long minLength;
  private final long maxLength;
  private final boolean silenceIsUp;
  private final Duration wait;

  UdpCheck(Options options) {
    Optional<String> text = options.text("payload", MAX_PAYLOAD);
    Optional<byte[]> hex = options.hex("payloadHex", MAX_PAYLOAD);
    if (text.isPresent() == hex.isPresent()) {
      options.refuse("payload", "either payload or payloadHex");
    }
    payload = hex.orElse(text.orElse("").getBytes(StandardCharsets.UTF_8));
    Optional<String> replyText = options.text("reply", MAX_PAYLOAD);
    Optional<byte[]> replyHex = options.hex("replyHex", MAX_PAYLOAD);
    if (replyText.isPresent() && replyHex.isPresent()) {
      options.refuse("replyHex", "either reply or replyHex");
    }
    reply = replyHex.or(() -> replyText.map(said -> said.getBytes(StandardCharsets.UTF_8)));
    mask = options.hex("maskHex", MAX_PAYLOAD);
    if (mask.isPresent() && (reply.isEmpty() || reply.get().length != mask.get().length)) {
      options.refuse("maskHex", "as many bytes as the expected reply has");
    }
    minLength = options.number("minLength", 0, Datagrams.MAX_DATAGRAM, 0);
    maxLength = options.number("maxLength", 0, Datagrams.MAX_DATAGRAM, Datagrams.MAX_DATAGRAM);
    if (minLength > maxLength) {
      options.refuse("minLength", "at most maxLength, which is " + maxLength);
    }
    silenceIsUp = options.word("silence", List.of("up", "down"), "down").equals("up");
    wait =
        options.duration(
            "silenceAfter", Duration.ofMillis(10), Duration.ofMinutes(1), Duration.ofMillis(500));
    if (silenceIsUp && reply.isPresent()) {
      options.refuse("silence", "down where a reply is expected");
    }
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          try (Datagrams datagrams = Datagrams.open(look)) {
            look.step("waiting for a reply");
            datagrams.send(payload);
            return silenceIsUp ? errorOrSilence(datagrams) : checked(datagrams.receive());
          }
        });
  }

  private CheckResult errorOrSilence(Datagrams datagrams) throws IOException {
    try {
      return checked(datagrams.receive(wait.toMillis()));
    } catch (SocketTimeoutException silent) {
      return CheckResult.passed("no ICMP error within " + wait.toMillis() + " ms");
    }
  }

  private CheckResult checked(byte[] seen) throws Unexpected {
    if (seen.length < minLength || seen.length > maxLength) {
      throw new Unexpected(
          "a reply of " + seen.length + " bytes, expected " + minLength + " to " + maxLength);
    }
    if (reply.isPresent() && !Bytes.startsWith(seen, reply.get(), mask)) {
      throw new Unexpected("the reply starts " + hex(seen) + ", expected " + hex(reply.get()));
    }
    return CheckResult.passed("a reply of " + seen.length + " bytes");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 32));
  }
}
