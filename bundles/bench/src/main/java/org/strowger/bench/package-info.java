/** Measures: start, memory, added latency. */
@NullMarked
package org.strowger.bench;

import org.jspecify.annotations.NullMarked;
