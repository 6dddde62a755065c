package org.strowger.checks;

import static org.strowger.checks.DiameterMessage.CAPABILITIES_EXCHANGE;
import static org.strowger.checks.DiameterMessage.DEVICE_WATCHDOG;
import static org.strowger.checks.DiameterMessage.DISCONNECT_PEER;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.checks.DiameterMessage.Avps;

/**
 * A Diameter peer for a moment (RFC 6733): exchanges capabilities, asks the watchdog, and leaves
 * with a Disconnect-Peer-Request. Both answers must carry an expected Result-Code.
 */
final class DiameterCheck implements Check {
  /** Most messages of the other side that are not the answer waited for. */
  static final int MAX_OTHER_MESSAGES = 16;

  static final int MAX_APPLICATIONS = 16;

  /** What a relay agent says: it carries all applications. */
  private static final long RELAY = 0xffffffffL;

  /** Disconnect-Cause DO_NOT_WANT_TO_TALK_TO_YOU: do not try to connect to us. */
  private static final int DO_NOT_CONNECT = 2;

  private static final Pattern IDENTITY = Pattern.compile("[A-Za-z0-9.-]{1,255}");

  private final String host;
  private final String realm;
  private final long vendorId;
  private final String product;
  private final List<Long> authApplications;
  private final List<Long> acctApplications;
  private final Ranges codes;

  DiameterCheck(Options options) {
    host = identity(options, "originHost");
    realm = identity(options, "originRealm");
    vendorId = options.number("vendorId", 0, RELAY, 0);
    product = options.text("productName", 64).orElse("Strowger");
    List<Long> auth = applications(options, "authApplications");
    acctApplications = applications(options, "acctApplications");
    authApplications = auth.isEmpty() && acctApplications.isEmpty() ? List.of(RELAY) : auth;
    codes = Ranges.of(options, "resultCodes", 1000, 9999, "2001");
  }

  private static String identity(Options options, String key) {
    Optional<String> text = options.text(key, IDENTITY, "a host or realm name");
    if (!options.has(key)) {
      options.refuse(key, "the name under which the director asks: the other side knows its peers");
    }
    return text.orElse("");
  }

  private static List<Long> applications(Options options, String key) {
    return options.list(
        key,
        MAX_APPLICATIONS,
        "whole numbers from 0 to " + RELAY,
        value -> Options.whole(value).filter(id -> id >= 0 && id <= RELAY));
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          try (Talk talk = Talk.open(look)) {
            int id = ThreadLocalRandom.current().nextInt();
            talk.write(DiameterMessage.request(CAPABILITIES_EXCHANGE, id, capabilities(talk)));
            long first = expect(talk, CAPABILITIES_EXCHANGE, id, "Capabilities-Exchange-Answer");
            byte[] origin = origin().bytes();
            talk.write(DiameterMessage.request(DEVICE_WATCHDOG, id + 1, origin));
            long second = expect(talk, DEVICE_WATCHDOG, id + 1, "Device-Watchdog-Answer");
            byte[] farewell =
                origin().number(DiameterMessage.DISCONNECT_CAUSE, DO_NOT_CONNECT).bytes();
            talk.write(DiameterMessage.request(DISCONNECT_PEER, id + 2, farewell));
            return CheckResult.passed("Result-Code " + first + ", then " + second);
          }
        });
  }

  private Avps origin() {
    return new Avps()
        .text(DiameterMessage.ORIGIN_HOST, host)
        .text(DiameterMessage.ORIGIN_REALM, realm);
  }

  private byte[] capabilities(Talk talk) {
    Avps avps =
        origin()
            .address(DiameterMessage.HOST_IP_ADDRESS, talk.socket().getLocalAddress())
            .number(DiameterMessage.VENDOR_ID, vendorId)
            .optionalText(DiameterMessage.PRODUCT_NAME, product);
    authApplications.forEach(id -> avps.number(DiameterMessage.AUTH_APPLICATION_ID, id));
    acctApplications.forEach(id -> avps.number(DiameterMessage.ACCT_APPLICATION_ID, id));
    return avps.bytes();
  }

  private long expect(Talk talk, int command, int id, String what) throws IOException {
    talk.look().step("waiting for the " + what);
    for (int others = 0; others <= MAX_OTHER_MESSAGES; others++) {
      DiameterMessage message = read(talk);
      boolean answer =
          !message.request()
              && message.command() == command
              && message.hopByHop() == (id & 0xffffffffL);
      if (answer) {
        long code =
            message
                .number(DiameterMessage.RESULT_CODE)
                .orElseThrow(() -> new Unexpected(what + " without Result-Code"));
        if (!codes.contains(code)) {
          throw new Unexpected(what + " with Result-Code " + code + ", expected " + codes);
        }
        return code;
      }
    }
    throw new Unexpected("no " + what + " among " + MAX_OTHER_MESSAGES + " messages");
  }

  private static DiameterMessage read(Talk talk) throws IOException {
    byte[] start = talk.read(4);
    int length = DiameterMessage.length(start);
    byte[] rest = talk.read(length - start.length);
    byte[] whole = new byte[length];
    System.arraycopy(start, 0, whole, 0, start.length);
    System.arraycopy(rest, 0, whole, start.length, rest.length);
    return DiameterMessage.read(whole);
  }
}
