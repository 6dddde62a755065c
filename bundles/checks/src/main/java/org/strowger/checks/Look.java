package org.strowger.checks;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/**
 * One look at a real server: its deadline, the step it is at, and the sentence for what went wrong.
 */
final class Look {
  /** What a check does. */
  interface Body {
    CheckResult look(Look look) throws IOException, InterruptedException;
  }

  /**
   * A look ends this part of its time before the caller would interrupt it (at most {@link
   * #MAX_MARGIN_MILLIS}), so that it is the one who says what it was waiting for.
   */
  private static final int MARGIN_DIVISOR = 20;

  private static final long MAX_MARGIN_MILLIS = 100;

  private final CheckTarget target;
  private final long millis;
  private final long end;
  private String step = "connecting";

  private Look(CheckTarget target) {
    this.target = target;
    long whole = target.timeout().toMillis();
    millis = Math.max(1, whole - Math.min(MAX_MARGIN_MILLIS, whole / MARGIN_DIVISOR));
    end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /**
   * Looks, and says what was seen.
   *
   * @throws IllegalStateException if it is the director that cannot look: no evidence
   */
  static CheckResult at(CheckTarget target, Body body) throws InterruptedException {
    Look look = new Look(target);
    try {
      return body.look(look);
    } catch (Unexpected seen) {
      return CheckResult.failed(CheckOutcome.PROTOCOL_ERROR, String.valueOf(seen.getMessage()));
    } catch (IOException thrown) {
      if (Thread.interrupted()) {
        throw interrupted(thrown);
      }
      if (ours(thrown)) {
        throw new IllegalStateException("the director cannot look: " + thrown.getMessage(), thrown);
      }
      return CheckResult.failed(look.outcome(thrown), look.sentence(thrown));
    }
  }

  private static InterruptedException interrupted(IOException thrown) {
    InterruptedException interrupted = new InterruptedException();
    interrupted.initCause(thrown);
    return interrupted;
  }

  CheckTarget target() {
    return target;
  }

  InetAddress address() {
    return target.address();
  }

  /** The port to look at. */
  int port() {
    if (target.port() == 0) {
      throw new IllegalStateException("the check needs a port: its own, or the real server's");
    }
    return target.port();
  }

  /** Says what is done next, for the sentence if it fails. */
  void step(String next) {
    step = next;
  }

  /** Milliseconds left, at least 1: zero would mean forever to a socket. */
  int remainingMillis() throws SocketTimeoutException {
    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException();
    }
    return (int) Math.min(Integer.MAX_VALUE, left);
  }

  /** Returns when the look's time is over. */
  void awaitEnd() throws InterruptedException {
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }

  boolean over() {
    return System.nanoTime() - end >= 0;
  }

  private CheckOutcome outcome(IOException thrown) {
    if (thrown instanceof SocketTimeoutException || over()) {
      return CheckOutcome.TIMEOUT;
    }
    String lower = String.valueOf(thrown.getMessage()).toLowerCase(Locale.ROOT);
    return switch (thrown) {
      case PortUnreachableException _ -> CheckOutcome.REFUSED;
      case ConnectException _ ->
          lower.contains("refused") ? CheckOutcome.REFUSED : CheckOutcome.UNREACHABLE;
      case NoRouteToHostException _ -> CheckOutcome.UNREACHABLE;
      case EOFException _ -> CheckOutcome.RESET;
      case SSLException _ -> CheckOutcome.TLS_ERROR;
      default ->
          lower.contains("connection reset") || lower.contains("broken pipe")
              ? CheckOutcome.RESET
              : lower.contains("unreachable")
                  ? CheckOutcome.UNREACHABLE
                  : CheckOutcome.PROTOCOL_ERROR;
    };
  }

  private String sentence(IOException thrown) {
    if (thrown instanceof SocketTimeoutException || over()) {
      return "nothing within " + millis + " ms while " + step;
    }
    return cause(thrown) + " while " + step;
  }

  /** What the operating system or a library said, as a sentence about the real server. */
  private static String cause(IOException thrown) {
    String said = Optional.ofNullable(thrown.getMessage()).orElse("");
    String lower = said.toLowerCase(Locale.ROOT);
    return switch (thrown) {
      case PortUnreachableException unreachable -> "ICMP says: port unreachable";
      case ConnectException refused when lower.contains("refused") -> "connection refused";
      case NoRouteToHostException noRoute -> "no route to it";
      case EOFException ended -> "it closed the connection";
      case SSLException handshake -> "TLS: " + innermost(handshake);
      default ->
          lower.contains("connection reset") || lower.contains("broken pipe")
              ? "it reset the connection"
              : said.isEmpty() ? thrown.getClass().getSimpleName() : said;
    };
  }

  private static String innermost(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; depth < 8 && cause.getCause() != null; depth++) {
      cause = cause.getCause();
    }
    String said = cause.getMessage();
    return said == null ? cause.getClass().getSimpleName() : said;
  }

  /** Sockets or ports ran out here, or an address is not this machine's: that is no verdict. */
  private static boolean ours(IOException thrown) {
    String said = String.valueOf(thrown.getMessage());
    return said.contains("Cannot assign requested address")
        || said.contains("Too many open files")
        || said.contains("No buffer space available")
        || said.contains("Operation not permitted");
  }
}
