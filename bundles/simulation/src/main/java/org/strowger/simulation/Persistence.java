package org.strowger.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which real server each client keeps to, as IPVS has it: a template lives for its time after the
 * last new connection, and on for as long as one of its connections does. A quiesced real server
 * keeps its clients; a removed one does not.
 */
final class Persistence {
  private static final long HELD_ON_NANOS = Duration.ofMinutes(1).toNanos();

  /** One client's. */
  static final class Template {
    final Real real;
    private long until;
    private int connections;

    Template(Real real) {
      this.real = real;
    }

    void opened() {
      connections++;
    }

    void gone() {
      connections--;
    }
  }

  private final Map<Integer, Template> templates = new HashMap<>();
  private final long nanos;

  Persistence(int seconds) {
    nanos = Duration.ofSeconds(seconds).toNanos();
  }

  boolean wanted() {
    return nanos > 0;
  }

  /** The client's template, if it is still alive. */
  @Nullable Template of(int host, RealList reals) {
    Template template = templates.get(host);
    if (template == null || !reals.contains(template.real)) {
      return null;
    }
    if (reals.nanoTime() >= template.until) {
      if (template.connections == 0) {
        templates.remove(host);
        return null;
      }
      template.until = reals.nanoTime() + HELD_ON_NANOS;
    }
    return template;
  }

  Template make(int host, Real real) {
    Template template = new Template(real);
    templates.put(host, template);
    return template;
  }

  void used(Template template, long now) {
    template.until = now + nanos;
  }
}
