package org.strowger.api;

import java.net.InetAddress;
import java.util.Optional;

/**
 * How the kernel would send a packet to a destination.
 *
 * @param device index of the device it leaves through
 * @param source address it would carry if the sender named none; empty if there is none
 * @param gateway the next router; empty: the destination is on the link
 * @param local the destination is an address of this host
 */
public record Route(
    int device, Optional<InetAddress> source, Optional<InetAddress> gateway, boolean local) {}
