/** The types of health checks, each found by its name. */
@NullMarked
package org.strowger.checks;

import org.jspecify.annotations.NullMarked;
