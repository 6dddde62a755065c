@NullMarked
package org.strowger.metrics;

import org.jspecify.annotations.NullMarked;
