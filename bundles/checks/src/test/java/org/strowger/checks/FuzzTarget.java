package org.strowger.checks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.stream.Collectors;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.api.RealServerId;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * What Jazzer calls. Dialogues over TCP are looks at a server that sends the input and closes its
 * direction; datagrams go to the parser.
 */
public final class FuzzTarget {
  static final List<String> TYPES =
      List.of("http", "smtp", "sendExpect", "dns", "sip", "diameter", "agent");

  /** The first byte of the input says which of them. */
  static final String ALL = "all";

  private static final String TYPE = System.getProperty("strowger.fuzz", ALL);
  private static final CheckTarget LOOKED_AT;
  private static final Map<String, Check> CHECKS =
      TYPES.stream()
          .collect(
              Collectors.toMap(type -> type, type -> Lab.provider(type).create(options(type))));
  private static final SynchronousQueue<byte[]> INPUTS = new SynchronousQueue<>();

  static {
    try {
      ServerSocket listening = new ServerSocket();
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread.ofPlatform().daemon().start(() -> serve(listening));
      LOOKED_AT =
          new CheckTarget(
              new RealServerId("web", "a"),
              InetAddress.getLoopbackAddress(),
              listening.getLocalPort(),
              Optional.empty(),
              10,
              Duration.ofSeconds(10));
    } catch (IOException thrown) {
      throw new ExceptionInInitializerError(thrown);
    }
  }

  private FuzzTarget() {}

  private static Map<String, Object> options(String type) {
    return switch (type) {
      case "http" -> Map.of("body", "(a+)+$", "expectHeaders", Map.of("x", "(b|bb)+c"));
      case "sendExpect" -> Map.of("dialogue", List.of("expect aab", "expectLine (x+x+)+y"));
      case "dns" -> Map.of("name", "www.example.net");
      case "sip" -> Map.of("transport", "tcp");
      case "diameter" -> Map.of("originHost", "a", "originRealm", "b");
      default -> Map.of();
    };
  }

  static List<byte[]> seeds(String type) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; type.equals(ALL) && i < TYPES.size(); i++) {
      for (byte[] seed : seeds(TYPES.get(i))) {
        seeds.add(ByteBuffer.allocate(1 + seed.length).put((byte) i).put(seed).array());
      }
    }
    return switch (type) {
      case ALL -> seeds;
      case "http" ->
          List.of(
              "HTTP/1.1 200 OK\r\nX: bbc\r\nContent-Length: 3\r\n\r\naaa".getBytes(ISO_8859_1),
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\naaa\r\n0\r\n\r\n"
                  .getBytes(ISO_8859_1));
      case "smtp" -> List.of("220 hi\r\n250-a\r\n250 b\r\n".getBytes(ISO_8859_1));
      case "sendExpect" -> List.of("aaab\r\nxxxy\r\n".getBytes(ISO_8859_1));
      case "dns" -> List.of(question().toWire());
      case "sip" ->
          List.of(
              "SIP/2.0 200 OK\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nl: 2\r\n\r\nhi"
                  .getBytes(ISO_8859_1));
      case "diameter" ->
          List.of(
              DiameterMessage.request(
                  257, 1, new DiameterMessage.Avps().number(268, 2001).bytes()));
      default -> List.of("up 50% drain#hi\n".getBytes(ISO_8859_1));
    };
  }

  private static Message question() throws IOException {
    Name name = Name.fromString("www.example.net.");
    return Message.newQuery(Record.newRecord(name, Type.A, DClass.IN));
  }

  private static void serve(ServerSocket listening) {
    byte[] buffer = new byte[8192];
    while (true) {
      byte[] input;
      try {
        input = INPUTS.take();
      } catch (InterruptedException end) {
        return;
      }
      try (Socket client = listening.accept()) {
        client.setTcpNoDelay(true);
        client.getOutputStream().write(input);
        client.shutdownOutput();
        while (client.getInputStream().read(buffer) >= 0) {
          // what the check says does not matter
        }
      } catch (IOException left) {
        if (listening.isClosed()) {
          return;
        }
      }
    }
  }

  /** Called by Jazzer; whatever is thrown from here is a finding. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (!TYPE.equals(ALL)) {
      play(TYPE, input);
    } else if (input.length > 0) {
      String type = TYPES.get(Math.floorMod(input[0], TYPES.size()));
      play(type, Arrays.copyOfRange(input, 1, input.length));
    }
  }

  private static void play(String type, byte[] input) throws Exception {
    switch (type) {
      case "dns" -> parse(() -> DnsCheck.answer(input, question()));
      case "agent" -> parse(() -> AgentCheck.said(new String(input, ISO_8859_1), 10));
      case "diameter" -> {
        if (input.length % 2 == 0) {
          parse(() -> DiameterMessage.read(input));
        } else {
          look(type, input);
        }
      }
      default -> look(type, input);
    }
  }

  private interface Parsing {
    Object parse() throws Exception;
  }

  private static void parse(Parsing parsing) throws Exception {
    try {
      if (parsing.parse() == null) {
        throw new AssertionError("no answer at all");
      }
    } catch (Unexpected refused) {
      ByteBuffer.wrap(refused.getMessage().getBytes(ISO_8859_1)); // it says why
    }
  }

  private static void look(String type, byte[] input) throws InterruptedException {
    INPUTS.put(input);
    CheckResult result = CHECKS.get(type).run(LOOKED_AT);
    if (result.text().isEmpty()) {
      throw new AssertionError("a result without a word");
    }
  }
}
