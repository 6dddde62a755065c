package org.strowger.director;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Configuration;
import org.strowger.api.HealthCheck;
import org.strowger.api.VirtualService;

/** The options of plug-ins that are in force, read when somebody asks; one thread. */
final class Running {
  private final Map<String, Object> tree;
  private @Nullable Configuration read;

  /**
   * @param tree that runs
   */
  Running(Map<String, Object> tree) {
    this.tree = tree;
  }

  private Configuration configuration() {
    Configuration present = read;
    if (present == null) {
      present = ConfigurationReader.read(tree);
      read = present;
    }
    return present;
  }

  /** Whether this service runs with this scheduler and these options. */
  boolean has(VirtualService wanted) {
    VirtualService present = configuration().virtualServices().get(wanted.name());
    return present != null
        && present.scheduler().equals(wanted.scheduler())
        && present.schedulerOptions().equals(wanted.schedulerOptions())
        && present.forwarding().kernel() == wanted.forwarding().kernel();
  }

  /** Whether this check runs with this type and these options. */
  boolean has(HealthCheck wanted) {
    HealthCheck present = configuration().checks().get(wanted.name());
    return present != null
        && present.type().equals(wanted.type())
        && present.options().equals(wanted.options());
  }
}
