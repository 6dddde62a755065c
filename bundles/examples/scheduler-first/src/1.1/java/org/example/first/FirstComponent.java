package org.example.first;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.strowger.api.KeyPath;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.Violation;

/** Offers the scheduler {@code first}. This annotation is all that makes it known. */
@Component
public final class FirstComponent implements SchedulerProvider {
  private static final int DEFAULT_FILL = 100;
  private static final String SPREAD = "spread";
  private static final List<Object> WHEN_FULL = List.of(SPREAD, "refuse");

  @Override
  public String name() {
    return "first";
  }

  @Override
  public SchedulerKind kind() {
    return SchedulerKind.COUNTING;
  }

  @Override
  public List<Violation> check(Map<String, Object> options, KeyPath path) {
    List<Violation> violations = new ArrayList<>();
    options.forEach(
        (key, value) -> {
          String expected =
              switch (key) {
                case "fill" -> value instanceof Integer n && n >= 1 ? "" : "a whole number from 1";
                case "whenFull" -> WHEN_FULL.contains(value) ? "" : "one of " + WHEN_FULL;
                default -> "fill or whenFull";
              };
          if (!expected.isEmpty()) {
            violations.add(Violation.of(path.child(key), value, expected));
          }
        });
    return violations;
  }

  @Override
  public Scheduler create(Map<String, Object> options) {
    return new First(
        (Integer) options.getOrDefault("fill", DEFAULT_FILL),
        options.getOrDefault("whenFull", SPREAD).equals(SPREAD));
  }
}
