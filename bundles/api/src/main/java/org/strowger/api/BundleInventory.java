package org.strowger.api;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** The installed bundles, and the way to replace one; an OSGi service. */
public interface BundleInventory {
  /** All bundles, by name. */
  List<BundleView> bundles();

  /**
   * Bundles that failed to start or stopped by a fault, as (name, why); the whole list at once and
   * at each change, on any thread.
   */
  Subscription onFailures(Consumer<List<Failure>> listener);

  /** Replaces a bundle by the version in this file, or adds it; survives a restart. */
  Updated update(Path file, Origin origin);

  /** A bundle that should be active and is not. */
  record Failure(String bundle, String why) {}

  /** The outcome of {@link #update}. */
  sealed interface Updated {
    /** Done; {@code from} is empty for a new bundle. */
    record Done(String bundle, String from, String to, String how) implements Updated {}

    /** Not done; the old version goes on. */
    record Refused(String why) implements Updated {}
  }
}
