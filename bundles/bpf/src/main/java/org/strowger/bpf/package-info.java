/**
 * The forwarding plane in the kernel: fills the maps of the BPF programs from the wanted tables,
 * and reads back what they counted. What the maps hold and who writes what is said once, in {@code
 * src/main/bpf/strowger.h}; this package follows it.
 */
@NullMarked
package org.strowger.bpf;

import org.jspecify.annotations.NullMarked;
