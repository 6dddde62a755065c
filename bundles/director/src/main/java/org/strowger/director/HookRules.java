package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.strowger.api.Configuration;
import org.strowger.api.Hook;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

/** What must hold between the keys of hooks, and of those that refer to them. */
final class HookRules {
  private final Configuration wanted;
  private final List<Violation> violations;
  private final Function<Map<String, ?>, String> list;

  /**
   * @param violations are added to
   * @param list names for people
   */
  HookRules(
      Configuration wanted, List<Violation> violations, Function<Map<String, ?>, String> list) {
    this.wanted = wanted;
    this.violations = violations;
    this.list = list;
  }

  /** Each hook does one thing, which only the tree as written shows. */
  static List<Violation> one(Map<String, Object> tree) {
    List<Violation> violations = new ArrayList<>();
    Trees.branch(tree.get("hooks"))
        .forEach(
            (name, value) -> {
              Map<String, Object> hook = Trees.branch(value);
              KeyPath path = KeyPath.of("hooks", name);
              if (hook.containsKey("command") == hook.containsKey("url")) {
                String which = hook.containsKey("url") ? "both" : "neither";
                violations.add(Violation.of(path, which, "either command or url"));
              }
              if (hook.containsKey("tokenFile") && !hook.containsKey("url")) {
                violations.add(
                    Violation.of(
                        path.child("tokenFile"),
                        String.valueOf(hook.get("tokenFile")),
                        "a url with it"));
              }
            });
    return violations;
  }

  void check() {
    wanted
        .hooks()
        .byName()
        .values()
        .forEach(
            hook -> {
              if (hook.action() instanceof Hook.Action.Script script
                  && !script.command().isEmpty()
                  && !script.command().getFirst().startsWith("/")) {
                violations.add(
                    Violation.of(
                        KeyPath.of("hooks", hook.name(), "command"),
                        script.command().getFirst(),
                        "a list that starts with the absolute path of a program"));
              }
            });
    refer(KeyPath.of("director", "hooks"), wanted.hooks().ofDirector());
    wanted.hooks().ofPools().forEach((pool, names) -> refer(KeyPath.pool(pool, "hooks"), names));
    wanted
        .hooks()
        .ofServices()
        .forEach((service, names) -> refer(KeyPath.virtualService(service, "hooks"), names));
  }

  private void refer(KeyPath path, List<String> names) {
    for (String name : names) {
      if (!wanted.hooks().byName().containsKey(name)) {
        violations.add(
            Violation.of(
                path, name, "names of hooks; there " + list.apply(wanted.hooks().byName())));
      }
    }
  }
}
