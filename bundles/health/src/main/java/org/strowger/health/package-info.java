/**
 * Looks at real servers: starts each probe when it is due, on a virtual thread of its own, and
 * judges its results by rise and fall. What that means for traffic the director decides.
 */
@NullMarked
package org.strowger.health;

import org.jspecify.annotations.NullMarked;
