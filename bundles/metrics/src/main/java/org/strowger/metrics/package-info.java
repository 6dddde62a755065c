/** Metrics over HTTP for Prometheus and whoever reads its text formats: the snapshot's numbers. */
@NullMarked
package org.strowger.metrics;

import org.jspecify.annotations.NullMarked;
