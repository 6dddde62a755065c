package org.strowger.api;

import java.net.InetAddress;

/**
 * An address on a network device.
 *
 * @param device index of the device
 * @param prefixLength of the network it belongs to; 32 or 128: none
 * @param ours put there by a director
 * @param held put there by a director for as long as it confirms it, see {@link Network#hold}
 * @param tentative duplicate address detection is not over, or found another one: nothing can be
 *     sent from it
 */
public record NetworkAddress(
    int device,
    InetAddress address,
    int prefixLength,
    boolean ours,
    boolean held,
    boolean tentative) {
  /** One that nobody holds. */
  public NetworkAddress(int device, InetAddress address, int prefixLength, boolean ours) {
    this(device, address, prefixLength, ours, false, false);
  }
}
