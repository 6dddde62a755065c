package org.strowger.failover;

import java.util.List;
import java.util.Optional;
import org.strowger.api.NetworkDevice;
import org.strowger.api.Snapshot;

/**
 * What can be seen of the machine and the director; what is missing is no evidence.
 *
 * @param devices empty if nobody asked the kernel
 * @param bindsElsewhere services can listen at addresses that are not here
 * @param behind why this director does not know the connections of the others
 */
record Around(
    Optional<Snapshot> snapshot,
    Optional<List<NetworkDevice>> devices,
    boolean bindsElsewhere,
    Optional<String> behind) {}
