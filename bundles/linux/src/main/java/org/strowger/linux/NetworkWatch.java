package org.strowger.linux;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelException;
import org.strowger.api.NetworkEvent;
import org.strowger.api.Subscription;

/** Tells one listener what rtnetlink tells; a thread for as long as it is open. */
final class NetworkWatch implements Subscription, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);

  /** Groups: link, neigh, ipv4 address and route, ipv6 address and route. */
  private static final int GROUPS = 1 | (1 << 2) | (1 << 4) | (1 << 6) | (1 << 8) | (1 << 10);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Netlink netlink;
  private final Consumer<NetworkEvent> listener;
  private final Thread thread;
  private volatile boolean closing;

  private NetworkWatch(Netlink netlink, Consumer<NetworkEvent> listener) {
    this.netlink = netlink;
    this.listener = listener;
    this.thread = Thread.ofPlatform().daemon().name("network-watch").unstarted(this);
  }

  /** What happens after this has returned is told. */
  static NetworkWatch start(Consumer<NetworkEvent> listener) throws KernelException {
    NetworkWatch watch = new NetworkWatch(new Netlink(GROUPS), listener);
    watch.thread.start();
    return watch;
  }

  @Override
  public void run() {
    try (netlink) {
      while (!closing) {
        receive();
      }
    }
  }

  private void receive() {
    try {
      ByteBuffer news = netlink.receive();
      while (news.remaining() >= NetlinkMessage.HEADER) {
        tell(Netlink.Raw.next(news));
      }
    } catch (KernelException e) {
      if (e.errno() != Errno.ENOBUFS) {
        LOG.warn("changes of the network may be missed: {}", e.getMessage());
        pause();
      }
      tell(new NetworkEvent.Missed());
    }
  }

  /** A socket that fails again and again must not fill the log. */
  private void pause() {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException stopping) { // nobody but close interrupts this thread
      closing = true;
    }
  }

  private void tell(Netlink.Raw raw) {
    switch (raw.type()) {
      case Devices.NEW ->
          tell(new NetworkEvent.DeviceChanged(Devices.of(whole(raw, Devices.FIXED))));
      case Devices.GONE -> {
        var device = Devices.of(whole(raw, Devices.FIXED));
        tell(new NetworkEvent.DeviceGone(device.index(), device.name()));
      }
      case Addresses.NEW ->
          Addresses.of(whole(raw, Addresses.FIXED))
              .ifPresent(a -> tell(new NetworkEvent.AddressAdded(a)));
      case Addresses.GONE ->
          Addresses.of(whole(raw, Addresses.FIXED))
              .ifPresent(a -> tell(new NetworkEvent.AddressGone(a)));
      case Neighbours.NEW ->
          Neighbours.of(whole(raw, Neighbours.FIXED))
              .ifPresent(n -> tell(new NetworkEvent.NeighbourChanged(n)));
      case Neighbours.GONE ->
          Neighbours.of(whole(raw, Neighbours.FIXED))
              .ifPresent(n -> tell(new NetworkEvent.NeighbourGone(n.device(), n.address())));
      case Routes.NEW, Routes.GONE -> tell(new NetworkEvent.RoutesChanged());
      default -> LOG.debug("netlink message of type {} is not looked at", raw.type());
    }
  }

  private static NetlinkMessage whole(Netlink.Raw raw, int fixedBytes) {
    return NetlinkMessage.of(raw.type(), raw.flags(), raw.body(), fixedBytes);
  }

  private void tell(NetworkEvent event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.warn("a listener to changes of the network failed at {}", event, e);
    }
  }

  @Override
  public void close() {
    closing = true;
    if (!thread.equals(Thread.currentThread())) {
      try {
        thread.join(PATIENCE); // a listener may take its time
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
