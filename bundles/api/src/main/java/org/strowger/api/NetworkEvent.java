package org.strowger.api;

import java.net.InetAddress;

/** What changed in the network of this host. */
public sealed interface NetworkEvent {
  /** A device came, or something of it changed. */
  record DeviceChanged(NetworkDevice device) implements NetworkEvent {}

  record DeviceGone(int index, String name) implements NetworkEvent {}

  record AddressAdded(NetworkAddress address) implements NetworkEvent {}

  record AddressGone(NetworkAddress address) implements NetworkEvent {}

  record NeighbourChanged(Neighbour neighbour) implements NetworkEvent {}

  record NeighbourGone(int device, InetAddress address) implements NetworkEvent {}

  /** Some route changed: which device, source or gateway a destination has must be asked anew. */
  record RoutesChanged() implements NetworkEvent {}

  /** More happened than could be told: everything must be read anew. */
  record Missed() implements NetworkEvent {}
}
