package org.strowger.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's keepalived as the director in the other house. */
final class Keepalived {
  private final Pair pair;
  private final String house;
  private final Path folder;
  private Process process;

  private Keepalived(Pair pair, String house, Path folder, Process process) {
    this.pair = pair;
    this.house = house;
    this.folder = folder;
    this.process = process;
  }

  static Keepalived at(Pair pair, String house, Path folder, Station.Wish wish) throws IOException {
    long millis = wish.interval().toMillis();
    String interval =
        millis % 1_000 == 0 ? Long.toString(millis / 1_000) : Double.toString(millis / 1_000.0);
    Files.writeString(
        folder.resolve("keepalived.conf"),
        """
        global_defs {
          vrrp_version %d
        }
        vrrp_instance gate {
          interface door
          state BACKUP
          virtual_router_id 77
          priority %d
          advert_int %s
          %s
          virtual_ipaddress {
            %s
          }
        }
        """
            .formatted(
                wish.version(),
                wish.priority(),
                interval,
                wish.preempt() ? "" : "nopreempt",
                (wish.ipv6() ? Station.LINK_LOCAL + "\n    " : "") + wish.address()));
    return new Keepalived(pair, house, folder, begin(pair, house, folder));
  }

  private static Process begin(Pair pair, String house, Path folder) throws IOException {
    return pair.start(
        house,
        folder.resolve("keepalived.log"),
        "/usr/sbin/keepalived",
        "--dont-fork",
        "--log-console",
        "--vrrp",
        "--use-file",
        folder.resolve("keepalived.conf").toString(),
        "--pid",
        folder.resolve("keepalived.pid").toString(),
        "--vrrp_pid",
        folder.resolve("vrrp.pid").toString());
  }

  /** As an operator stops it: it resigns. */
  void stop() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.waitFor(20, TimeUnit.SECONDS);
  }

  void restart() throws IOException {
    process = begin(pair, house, folder);
  }

  String log() {
    try {
      return Files.readString(folder.resolve("keepalived.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
