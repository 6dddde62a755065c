/**
 * What must outlive every other bundle while traffic flows: listening sockets, event loops, live
 * connections and their counters. Knows the JDK and Netty only.
 */
@NullMarked
package org.strowger.wire;

import org.jspecify.annotations.NullMarked;
