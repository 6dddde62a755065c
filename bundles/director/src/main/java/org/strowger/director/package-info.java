/**
 * Decides: the single writer that turns configuration, evidence and role into forwarding tables and
 * alarms.
 */
@NullMarked
package org.strowger.director;

import org.jspecify.annotations.NullMarked;
