/**
 * The kernel, for the bundles that need it: BPF objects and the network's devices, addresses,
 * neighbours and routes, by system calls and libbpf, without a line of C.
 */
@NullMarked
package org.strowger.linux;

import org.jspecify.annotations.NullMarked;
