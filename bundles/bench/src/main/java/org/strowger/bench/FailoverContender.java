package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;

/** A pair that moves the address: {@code a} of priority 150, {@code b} of 100. */
sealed interface FailoverContender extends AutoCloseable {
  /** As in tables and files. */
  String word();

  void start(String house) throws IOException, InterruptedException;

  /** As an operator stops it: it resigns. */
  void stop(String house) throws IOException, InterruptedException;

  /** kill -9 of all it consists of. */
  void kill(String house) throws IOException, InterruptedException;

  @Override
  void close();

  private static int priority(String house) {
    return house.equals(FailoverGround.A) ? 150 : 100;
  }

  /** Two whole directors. */
  record Strowger(
      FailoverGround ground, Path folder, long intervalMillis, Map<String, DirectorProcess> running)
      implements FailoverContender {
    static Strowger of(FailoverGround ground, Path folder, long intervalMillis) {
      return new Strowger(ground, folder, intervalMillis, new HashMap<>());
    }

    @Override
    public String word() {
      return "strowger";
    }

    @Override
    public void start(String house) throws IOException, InterruptedException {
      Path own = Files.createDirectories(folder.resolve(house));
      Files.writeString(
          own.resolve("director.yaml"),
          """
          director: {name: %s}
          vrrp:
            instances:
              gate:
                interface: door
                routerId: 79
                priority: %d
                advertInterval: %dms
                addresses: [%s]
          """
              .formatted(house, priority(house), intervalMillis, FailoverGround.ADDRESS));
      running.put(
          house,
          DirectorProcess.restartBehind(ground.enter(house), Distribution.ofThisRepository(), own));
    }

    private DirectorProcess of(String house) {
      return Objects.requireNonNull(running.get(house), "it was not started");
    }

    @Override
    public void stop(String house) {
      of(house).close();
    }

    @Override
    public void kill(String house) throws InterruptedException {
      of(house).kill();
    }

    @Override
    public void close() {
      running.values().forEach(DirectorProcess::close);
    }
  }

  /** As Debian has it. */
  record Keepalived(
      FailoverGround ground, Path folder, long intervalMillis, Map<String, Child> running)
      implements FailoverContender {
    static Keepalived of(FailoverGround ground, Path folder, long intervalMillis) {
      return new Keepalived(ground, folder, intervalMillis, new HashMap<>());
    }

    @Override
    public String word() {
      return "keepalived";
    }

    @Override
    public void start(String house) throws IOException {
      Path own = Files.createDirectories(folder.resolve(house));
      Path file =
          Files.writeString(
              own.resolve("keepalived.conf"),
              """
              global_defs {
                vrrp_version 3
              }
              vrrp_instance gate {
                interface door
                state BACKUP
                virtual_router_id 79
                priority %d
                advert_int %s
                virtual_ipaddress {
                  %s
                }
              }
              """
                  .formatted(priority(house), intervalMillis / 1_000.0, FailoverGround.ADDRESS));
      List<String> command = new ArrayList<>(ground.enter(house));
      command.addAll(
          List.of(
              Shell.find("keepalived").orElseThrow().toString(),
              "--dont-fork",
              "--log-console",
              "--vrrp",
              "--use-file",
              file.toString(),
              "--pid",
              own.resolve("keepalived.pid").toString(),
              "--vrrp_pid",
              own.resolve("vrrp.pid").toString()));
      running.put(house, Child.start("keepalived", own, command));
    }

    private Child of(String house) {
      return Objects.requireNonNull(running.get(house), "it was not started");
    }

    @Override
    public void stop(String house) throws IOException, InterruptedException {
      ProcessHandle process = of(house).handle();
      process.destroy();
      process.onExit().join();
    }

    @Override
    public void kill(String house) {
      of(house).close();
    }

    @Override
    public void close() {
      running.values().forEach(Child::close);
    }
  }
}
