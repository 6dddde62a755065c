package org.strowger.checks;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Asks a DNS server, and looks at the code of its answer and at its records. An answer that is cut
 * off is asked for again over TCP, as clients do; one with another id or question is not an answer.
 */
final class DnsCheck implements Check {
  static final int MAX_EXPECTED = 16;

  /** Largest answer over TCP. */
  static final int MAX_TCP_ANSWER = 16 * 1024;

  private static final List<String> TYPES =
      List.of("A", "AAAA", "NS", "CNAME", "SOA", "MX", "TXT", "SRV", "PTR", "NAPTR");
  private static final List<String> CODES =
      List.of("NOERROR", "NXDOMAIN", "REFUSED", "SERVFAIL", "NOTIMP");
  private static final SecureRandom IDS = new SecureRandom();

  private final Name name;
  private final int type;
  private final int code;
  private final List<String> expected;
  private final boolean tcp;
  private final boolean recursion;

  DnsCheck(Options options) {
    type = Type.value(options.word("type", TYPES, "A"));
    code = Rcode.value(options.word("code", CODES, "NOERROR"));
    name = name(options);
    expected =
        options.list(
            "expect",
            MAX_EXPECTED,
            "texts, each the data of a record such as 192.0.2.1",
            value -> Optional.of(normal(String.valueOf(value))).filter(text -> !text.isEmpty()));
    tcp = options.word("transport", List.of("udp", "tcp"), "udp").equals("tcp");
    recursion = options.flag("recursion", true);
    if (code != Rcode.NOERROR && !expected.isEmpty()) {
      options.refuse("expect", "no records with a code other than NOERROR");
    }
  }

  private static Name name(Options options) {
    Optional<String> text = options.text("name", 255);
    if (!options.has("name")) {
      options.refuse("name", "the domain name to ask for");
    }
    try {
      return text.isPresent() ? Name.fromString(text.get(), Name.root) : Name.root;
    } catch (TextParseException notOne) {
      options.refuse("name", "a domain name");
      return Name.root;
    }
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          Message question = question();
          Message answer = tcp ? overTcp(look, question) : overUdp(look, question);
          return checked(answer);
        });
  }

  private Message question() {
    Message question = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    question.getHeader().setID(IDS.nextInt(0x10000));
    if (!recursion) {
      question.getHeader().unsetFlag(Flags.RD);
    }
    return question;
  }

  private Message overUdp(Look look, Message question) throws IOException {
    try (Datagrams datagrams = Datagrams.open(look)) {
      look.step("waiting for the answer to " + name);
      datagrams.send(question.toWire());
      while (true) {
        Optional<Message> answer = answer(datagrams.receive(), question);
        if (answer.isPresent()) {
          boolean cut = answer.get().getHeader().getFlag(Flags.TC);
          return cut ? overTcp(look, question) : answer.get();
        }
      }
    }
  }

  private Message overTcp(Look look, Message question) throws IOException {
    try (Talk talk = Talk.open(look)) {
      byte[] wire = question.toWire();
      byte[] framed = new byte[wire.length + 2];
      framed[0] = (byte) (wire.length >> 8);
      framed[1] = (byte) wire.length;
      System.arraycopy(wire, 0, framed, 2, wire.length);
      look.step("waiting for the answer to " + name + " over TCP");
      talk.write(framed);
      byte[] prefix = talk.read(2);
      int length = ((prefix[0] & 0xff) << 8) | (prefix[1] & 0xff);
      if (length > MAX_TCP_ANSWER) {
        throw new Unexpected("an answer of " + length + " bytes, more than " + MAX_TCP_ANSWER);
      }
      return answer(talk.read(length), question)
          .orElseThrow(() -> new Unexpected("the answer is not one to this question"));
    }
  }

  /** The answer to the question, or empty if it is another's. */
  static Optional<Message> answer(byte[] wire, Message question) throws Unexpected {
    Message answer;
    try {
      answer = new Message(wire);
    } catch (IOException | RuntimeException malformed) {
      throw new Unexpected("the answer is no DNS message: " + malformed.getMessage());
    }
    Header header = answer.getHeader();
    Record asked = question.getQuestion();
    boolean ours =
        header.getFlag(Flags.QR)
            && header.getID() == question.getHeader().getID()
            && asked != null
            && asked.equals(answer.getQuestion());
    return ours ? Optional.of(answer) : Optional.empty();
  }

  private CheckResult checked(Message answer) throws Unexpected {
    int seen = answer.getRcode();
    if (seen != code) {
      throw new Unexpected(name + ": " + Rcode.string(seen) + ", expected " + Rcode.string(code));
    }
    List<String> records =
        answer.getSection(Section.ANSWER).stream()
            .filter(record -> record.getType() == type)
            .map(record -> normal(record.rdataToString()))
            .toList();
    if (code == Rcode.NOERROR && records.isEmpty()) {
      throw new Unexpected(name + ": no record of type " + Type.string(type));
    }
    Optional<String> missing = expected.stream().filter(one -> !records.contains(one)).findFirst();
    if (missing.isPresent()) {
      throw new Unexpected(
          name + ": " + Type.string(type) + " " + records + ", expected also " + missing.get());
    }
    return CheckResult.passed(
        Stream.concat(Stream.of(name + " " + Rcode.string(seen)), records.stream())
            .reduce((one, next) -> one + " " + next)
            .orElseThrow());
  }

  /** Names compare without case and final dot; a text record without its quotes. */
  private static String normal(String data) {
    String plain = data.strip().toLowerCase(Locale.ROOT);
    boolean quoted = plain.length() > 1 && plain.startsWith("\"") && plain.endsWith("\"");
    String bare = quoted ? plain.substring(1, plain.length() - 1) : plain;
    return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
  }
}
