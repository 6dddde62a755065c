package org.strowger.checks;

import org.strowger.api.Check;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/** Whether the real server accepts a TCP connection. */
final class TcpCheck implements Check {
  private final boolean reset;

  TcpCheck(Options options) {
    reset = options.flag("reset", false);
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(
        target,
        look -> {
          try (Talk talk = Talk.open(look)) {
            if (reset) {
              talk.resetAtClose();
            }
            return CheckResult.passed("connected");
          }
        });
  }
}
