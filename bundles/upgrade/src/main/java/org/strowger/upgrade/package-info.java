/** Replaces bundles while traffic flows, and tells which have failed. */
@NullMarked
package org.strowger.upgrade;

import org.jspecify.annotations.NullMarked;
