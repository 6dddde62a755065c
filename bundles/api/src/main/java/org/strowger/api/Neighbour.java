package org.strowger.api;

import java.net.InetAddress;
import java.util.Optional;

/**
 * What the kernel knows of a station on a link (ARP, neighbour discovery).
 *
 * @param device index of the device it is behind
 * @param mac its address on the link; empty while it is not known
 * @param valid packets can be sent to it now; false while it is sought or has failed
 */
public record Neighbour(int device, InetAddress address, Optional<MacAddress> mac, boolean valid) {}
