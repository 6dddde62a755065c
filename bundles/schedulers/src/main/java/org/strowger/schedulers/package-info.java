/** The schedulers of the Linux Virtual Server and beyond, each found by its name. */
@NullMarked
package org.strowger.schedulers;

import org.jspecify.annotations.NullMarked;
