package org.strowger.jmx;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.strowger.api.CheckTypeState;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthState;
import org.strowger.api.HookState;

/** {@code type=Health}, {@code type=Check}, {@code type=CheckType} and {@code type=Hook}. */
final class HealthObjects {
  static final ObjectKind<HealthState> HEALTH =
      new ObjectKind<>("Health", "The health checker as a whole", health(), List.of());

  static final ObjectKind<HealthCheck> CHECK =
      new ObjectKind<>("Check", "A health check that pools refer to", check(), List.of());

  static final ObjectKind<CheckTypeState> TYPE =
      new ObjectKind<>(
          "CheckType", "A type of health check, offered by a bundle", type(), List.of());

  static final ObjectKind<HookState> HOOK =
      new ObjectKind<>(
          "Hook", "A program or web server that is told what happens", hook(), List.of());

  private HealthObjects() {}

  private static List<Field<HookState>> hook() {
    return new Fields<HookState>()
        .text("Name", "Name in the configuration", HookState::name)
        .counter("Runs", "{run}", "Runs that ended, well or not", HookState::runs)
        .counter("Failures", "{run}", "Of these, those that failed", HookState::failures)
        .counter("Timeouts", "{try}", "Tries ended as they took too long", HookState::timeouts)
        .counter("Dropped", "{call}", "Calls given up: too many waited", HookState::dropped)
        .gauge("Waiting", "{call}", "Calls that wait now", HookState::waiting)
        .flag("Failing", "The last run failed", HookState::failing)
        .flag("Overflowing", "Calls are being dropped", HookState::overflowing)
        .text(
            "LastTime",
            "When the last run ended; empty if none did",
            state -> state.lastTime().map(Instant::toString).orElse(""))
        .text("LastText", "What the last run came to", HookState::lastText)
        .list();
  }

  private static List<Field<HealthState>> health() {
    return new Fields<HealthState>()
        .gauge("Probes", "{probe}", "Checks at an address and port, each once", HealthState::probes)
        .gauge("Running", "{look}", "Looks under way now", HealthState::running)
        .gauge("RunningLimit", "{look}", "Looks at once, at most", HealthState::runningLimit)
        .counter("Looks", "{look}", "Looks that were started", HealthState::looks)
        .counter("Stalls", "{look}", "Looks that could not start in time", HealthState::stalls)
        .gauge(
            "Stalled",
            "s",
            "Time for which looks have been starting late; 0 if they start in time",
            HealthState::stalled)
        .gauge(
            "LatenessMicros",
            "us",
            "How late looks start: 99 of 100 of the last thousand were not later",
            HealthState::latenessMicros)
        .list();
  }

  private static List<Field<HealthCheck>> check() {
    return new Fields<HealthCheck>()
        .text("Name", "Its name in the configuration", HealthCheck::name)
        .text("Type", "What it does", HealthCheck::type)
        .duration("Interval", "Between two looks while it passes", HealthCheck::interval)
        .duration(
            "RisingInterval",
            "Between two looks while it has failed and passes again",
            HealthCheck::risingInterval)
        .duration(
            "DownInterval", "Between two looks while it has failed", HealthCheck::downInterval)
        .duration(
            "RetryInterval",
            "Between two looks while it has passed and misses",
            HealthCheck::retryInterval)
        .duration(
            "LongestInterval",
            "DownInterval doubles up to this while every look fails",
            HealthCheck::longestInterval)
        .duration("Timeout", "A look that takes longer has failed", HealthCheck::timeout)
        .number("Rise", "{look}", "Looks in a row that must pass", HealthCheck::rise)
        .number("Fall", "{look}", "Looks in a row that must fail", HealthCheck::fall)
        .text("Address", "Where it looks; empty: at the real server", c -> text(c.address()))
        .number("Port", "", "Where it looks; 0: that of the real server", HealthCheck::port)
        .text("Source", "Where it looks from; empty: as the kernel chooses", c -> text(c.source()))
        .text(
            "Options",
            "Those of its type",
            c ->
                c.options().entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .collect(Collectors.joining(", ")))
        .list();
  }

  private static String text(Optional<InetAddress> address) {
    return address.map(InetAddress::getHostAddress).orElse("");
  }

  private static List<Field<CheckTypeState>> type() {
    return new Fields<CheckTypeState>()
        .text("Name", "Name in the configuration", CheckTypeState::name)
        .text("BundleName", "The bundle that offers it; empty if none", CheckTypeState::bundleName)
        .text("Version", "Version of that bundle", CheckTypeState::version)
        .word("State", "State of the plug-in", CheckTypeState::state)
        .gauge("Users", "{check}", "Health checks of this type", CheckTypeState::users)
        .time("LastSwap", "When the present one came", CheckTypeState::lastSwap)
        .counter("SwapCount", "{swap}", "Times it was exchanged", CheckTypeState::swapCount)
        .list();
  }
}
