/** Plays scenarios through schedulers on a clock of its own, without a director or a network. */
@NullMarked
package org.strowger.simulation;

import org.jspecify.annotations.NullMarked;
