package org.strowger.director;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.strowger.api.CheckProvider;
import org.strowger.api.Compilation;
import org.strowger.api.HealthCheck;
import org.strowger.api.KeyPath;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.Violation;
import org.strowger.api.VirtualService;

/**
 * What is offered by name, for the rules that a wanted configuration must keep.
 *
 * <p>A plug-in that cannot say whether it takes some options does not hold up changes of something
 * else: what runs with these options already stands, and only what is new is refused.
 */
record Plugins(
    Map<String, SchedulerProvider> schedulers,
    Map<String, CheckProvider> checks,
    PluginCalls calls) {
  static final String SCHEDULER = "scheduler";
  static final String CHECK = "type of health check";

  /**
   * What is wrong with the options of a service's scheduler.
   *
   * @param runs whether the service runs with these already
   */
  List<Violation> options(
      VirtualService service, SchedulerProvider provider, BooleanSupplier runs) {
    KeyPath path = KeyPath.virtualService(service.name(), "schedulerOptions");
    PluginCalls.Plugin plugin = new PluginCalls.Plugin(SCHEDULER, service.scheduler(), provider);
    PluginCalls.Answer<List<Violation>> answer =
        calls.ask(plugin, () -> List.copyOf(provider.check(service.schedulerOptions(), path)));
    return answer
        .value()
        .orElseGet(
            () ->
                refusal(
                    KeyPath.virtualService(service.name(), "scheduler"),
                    service.scheduler(),
                    answer.fault(),
                    runs));
  }

  /**
   * What is wrong with the options of a check.
   *
   * @param runs whether the check runs with these already
   */
  List<Violation> options(HealthCheck check, CheckProvider provider, BooleanSupplier runs) {
    KeyPath path = KeyPath.of("checks", check.name(), "options");
    PluginCalls.Plugin plugin = new PluginCalls.Plugin(CHECK, check.type(), provider);
    PluginCalls.Answer<List<Violation>> answer =
        calls.ask(plugin, () -> List.copyOf(provider.check(check.options(), path)));
    return answer
        .value()
        .orElseGet(
            () ->
                refusal(
                    KeyPath.of("checks", check.name(), "type"),
                    check.type(),
                    answer.fault(),
                    runs));
  }

  /** Of one that cannot say it: a violation, unless it runs with these options. */
  static List<Violation> refusal(KeyPath path, String name, String fault, BooleanSupplier runs) {
    return runs.getAsBoolean()
        ? List.of()
        : List.of(
            Violation.of(path, name, "one that can say whether it takes these options; " + fault));
  }

  /** How a scheduler is brought to the kernel with these options. */
  PluginCalls.Answer<Compilation> compilation(
      String name, SchedulerProvider provider, Map<String, Object> options) {
    return calls.ask(
        new PluginCalls.Plugin(SCHEDULER, name, provider), () -> provider.compilation(options));
  }
}
