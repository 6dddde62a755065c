/**
 * Measures what the director does over time, in bins of 15 minutes and of 24 hours as telephony has
 * them, keeps them over restarts, and alarms what crosses a threshold.
 */
@NullMarked
package org.strowger.performance;

import org.jspecify.annotations.NullMarked;
