/**
 * Who takes over from whom: VRRP (RFC 9568 and RFC 3768), and the addresses that go with it. What
 * happens is decided by {@link org.strowger.failover.Machine} and {@link
 * org.strowger.failover.Team}, which are functions of state, event and time; the thread {@code
 * vrrp} of the {@link org.strowger.failover.Engine} carries it out.
 */
@NullMarked
package org.strowger.failover;

import org.jspecify.annotations.NullMarked;
