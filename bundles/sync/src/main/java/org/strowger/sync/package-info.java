/**
 * Connections for other directors: a stream of changes, and a copy of everything for one that
 * joins. The planes know what a connection is, {@link org.strowger.api.ConnectionExchange}; this
 * bundle carries their octets. JGroups knows who is there, delivers and encrypts.
 */
@NullMarked
package org.strowger.sync;

import org.jspecify.annotations.NullMarked;
