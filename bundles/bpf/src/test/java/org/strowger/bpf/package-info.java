/** The packet path of the kernel plane, proved packet by packet. */
@NullMarked
package org.strowger.bpf;

import org.jspecify.annotations.NullMarked;
