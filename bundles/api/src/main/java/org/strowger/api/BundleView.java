package org.strowger.api;

import java.time.Instant;

/** An installed bundle. */
public record BundleView(
    long bundleId,
    String name,
    String version,
    BundleLifecycle state,
    int startLevel,
    Instant lastModified) {}
