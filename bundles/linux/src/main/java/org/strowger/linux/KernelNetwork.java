package org.strowger.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.strowger.api.KernelException;
import org.strowger.api.MacAddress;
import org.strowger.api.Neighbour;
import org.strowger.api.Network;
import org.strowger.api.NetworkAddress;
import org.strowger.api.NetworkDevice;
import org.strowger.api.NetworkEvent;
import org.strowger.api.Route;
import org.strowger.api.Subscription;

/** The network of this kernel. Holds nothing: each question is one to the kernel. */
final class KernelNetwork implements Network {
  private static final Path SETTINGS = Path.of("/proc/sys");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.@:-]+(/[A-Za-z0-9_.@:-]+)+");

  /** CAP_NET_ADMIN, include/uapi/linux/capability.h. */
  private static final int NET_ADMIN = 12;

  @Override
  public Optional<String> unavailable() {
    Optional<String> processor = SystemCall.unknownProcessor();
    return processor.isPresent() || Capabilities.has(NET_ADMIN)
        ? processor
        : Optional.of(
            "addresses cannot be set: the process needs CAP_NET_ADMIN: start it as root or, with"
                + " systemd, AmbientCapabilities=CAP_NET_ADMIN");
  }

  @Override
  public String namespace() throws KernelException {
    return Namespace.own();
  }

  @Override
  public List<NetworkDevice> devices() throws KernelException {
    return Devices.all();
  }

  @Override
  public List<NetworkAddress> addresses() throws KernelException {
    return Addresses.all();
  }

  @Override
  public List<Neighbour> neighbours() throws KernelException {
    return Neighbours.all();
  }

  @Override
  public Route route(InetAddress destination) throws KernelException {
    return Routes.to(destination);
  }

  @Override
  public boolean addAddress(int device, InetAddress address, int prefixLength)
      throws KernelException {
    return Addresses.add(device, address, prefixLength);
  }

  @Override
  public boolean removeAddress(int device, InetAddress address, int prefixLength)
      throws KernelException {
    return Addresses.remove(device, address, prefixLength);
  }

  @Override
  public void announce(int device, InetAddress address) throws KernelException {
    String operation = "announce %s on device %d".formatted(address.getHostAddress(), device);
    NetworkDevice through =
        devices().stream()
            .filter(d -> d.index() == device)
            .findFirst()
            .orElseThrow(() -> Errno.refused(operation, Errno.ENODEV));
    MacAddress mac =
        through
            .mac()
            .orElseThrow(
                () ->
                    new KernelException(
                        "cannot " + operation + ": " + through.name() + " is no Ethernet", 0));
    Announcement.send(device, mac, address);
  }

  @Override
  public void seek(int device, InetAddress address) throws KernelException {
    Neighbours.seek(device, address);
  }

  @Override
  public String setting(String key) throws KernelException {
    try {
      return Files.readString(path(key)).strip();
    } catch (IOException e) {
      throw refused("read setting " + key, e);
    }
  }

  @Override
  public void set(String key, String value) throws KernelException {
    try {
      Files.writeString(path(key), value, java.nio.file.StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw refused("set " + key + " to '" + value + "'", e);
    }
  }

  private static KernelException refused(String operation, IOException e) {
    return e instanceof NoSuchFileException
        ? Errno.refused(operation, Errno.ENOENT)
        : new KernelException("cannot " + operation + ": " + e.getMessage(), 0);
  }

  private static Path path(String key) {
    if (!KEY.matcher(key).matches() || key.contains("..")) {
      throw new IllegalArgumentException(
          "setting '" + key + "': expected one like net/ipv4/ip_forward");
    }
    return SETTINGS.resolve(key);
  }

  @Override
  public Subscription watch(Consumer<NetworkEvent> listener) throws KernelException {
    return NetworkWatch.start(listener);
  }
}
