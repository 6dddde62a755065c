package org.strowger.api;

import java.util.Optional;

/**
 * A network device of this network namespace.
 *
 * @param index the kernel's number of it, from 1
 * @param mac empty if it has none (tunnels)
 * @param mtuBytes largest packet without the link's header
 * @param up wanted up by the administrator
 * @param running can carry packets now
 * @param loopback whether it is {@code lo}
 * @param kind {@code veth}, {@code vlan}, {@code bond}...; empty for a card
 */
public record NetworkDevice(
    int index,
    String name,
    Optional<MacAddress> mac,
    int mtuBytes,
    boolean up,
    boolean running,
    boolean loopback,
    String kind) {}
