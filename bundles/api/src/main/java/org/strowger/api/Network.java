package org.strowger.api;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The devices, addresses, neighbours and routes of this network namespace, by rtnetlink(7); an OSGi
 * service. Every method may be called on any thread.
 */
public interface Network {
  /** Why nothing can be changed here, one sentence that says what to do; empty if it can. */
  Optional<String> unavailable();

  /**
   * The network namespace that this process is in: its number, and a hyphen and the kernel's cookie
   * of it where there is one (Linux 5.14). The number may be another namespace's once this one is
   * gone; the cookie is nobody else's until the next boot.
   */
  String namespace() throws KernelException;

  List<NetworkDevice> devices() throws KernelException;

  List<NetworkAddress> addresses() throws KernelException;

  List<Neighbour> neighbours() throws KernelException;

  /**
   * Asks the routing table.
   *
   * @throws KernelException ENETUNREACH, EHOSTUNREACH if no route leads there
   */
  Route route(InetAddress destination) throws KernelException;

  /**
   * Puts an address on a device, marked as a director's where the kernel keeps such a mark (5.18);
   * usable within milliseconds, as there is no duplicate address detection. Nothing is done if it
   * is there. Give a virtual service's address no network (length 32 or 128): the kernel removes
   * all other addresses of a network with the first one.
   *
   * @return false if it was there already; whose it was is not changed
   */
  boolean addAddress(int device, InetAddress address, int prefixLength) throws KernelException;

  /** Takes an address away; false if it was not there. */
  boolean removeAddress(int device, InetAddress address, int prefixLength) throws KernelException;

  /**
   * Tells the link that this address is now here: gratuitous ARP request and reply (RFC 5227, 3),
   * or an unsolicited neighbour advertisement (RFC 4861, 7.2.6).
   */
  void announce(int device, InetAddress address) throws KernelException;

  /** Makes the kernel look for a neighbour; what it finds is an event. */
  void seek(int device, InetAddress address) throws KernelException;

  /**
   * A setting of the kernel.
   *
   * @param key as in {@code net/ipv4/ip_forward}, with slashes
   */
  String setting(String key) throws KernelException;

  /** Changes a setting of the kernel, until the next boot. */
  void set(String key, String value) throws KernelException;

  /**
   * Tells of each change, in order, on a thread of this service; a listener that throws is logged
   * and stays. What was there before is not told.
   */
  Subscription watch(Consumer<NetworkEvent> listener) throws KernelException;
}
