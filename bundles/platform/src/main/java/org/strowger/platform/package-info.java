/**
 * Looks at this process and the machine under it: identity, processors, memory, file systems,
 * network devices and the counters of the kernel's protocols, out of /proc, /sys and the JVM.
 */
@NullMarked
package org.strowger.platform;

import org.jspecify.annotations.NullMarked;
