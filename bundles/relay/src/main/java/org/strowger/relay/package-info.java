/**
 * Forwarding plane in user space: asks the chooser for each new connection; the sockets live in
 * wire.
 */
@NullMarked
package org.strowger.relay;

import org.jspecify.annotations.NullMarked;
