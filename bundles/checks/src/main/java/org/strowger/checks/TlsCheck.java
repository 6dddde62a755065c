package org.strowger.checks;

import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/** Whether the real server completes a TLS handshake that a client would trust. */
final class TlsCheck implements Check {
  private final Tls tls;

  TlsCheck(Options options) {
    tls = Tls.of(options);
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          try (Talk talk = Talk.open(look)) {
            Secured secured = talk.secure(tls);
            CheckResult result = CheckResult.passed(secured.text());
            return secured.warning().map(result::withWarning).orElse(result);
          }
        });
  }
}
