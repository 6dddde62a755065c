package org.strowger.testkit;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One link with houses at it (a client, directors, real servers), each in a network namespace of
 * its own, that are gone when the test ends. Needs root and iproute2.
 */
public final class Street {
  private static final int CLONE_NEWNET = 0x40000000;

  private final String prefix;
  private final List<String> houses = new ArrayList<>();

  /**
   * The link, without a house yet.
   *
   * @param prefix of the namespaces' names, of three or four letters: the process's number follows
   */
  public Street(String prefix) throws IOException, InterruptedException {
    this.prefix = prefix + ProcessHandle.current().pid() + "x";
    add("link");
    in("link", "ip link add road type bridge");
    in("link", "ip link set road up");
  }

  /** The network namespace of a house. */
  public String name(String house) {
    return prefix + house;
  }

  private void add(String house) throws IOException, InterruptedException {
    run("ip netns add " + name(house));
    houses.add(house);
    in(house, "ip link set lo up");
  }

  /** A house at the link, with this address. */
  public void house(String house, String address) throws IOException, InterruptedException {
    add(house);
    run(
        "ip link add door netns "
            + name(house)
            + " type veth peer name "
            + "to-"
            + house
            + " netns "
            + name("link"));
    in("link", "ip link set dev to-" + house + " master road");
    in("link", "ip link set dev to-" + house + " up");
    in(house, "ip addr add " + address + " dev door" + (address.contains(":") ? " nodad" : ""));
    in(house, "ip link set door up");
  }

  /** Runs a command in a house. */
  public void in(String house, String command) throws IOException, InterruptedException {
    run("ip netns exec " + name(house) + " " + command);
  }

  /** Runs a command that must succeed. */
  public static void run(String command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
  }

  /** Does something on a thread that is in a house: sockets made there stay there. */
  public <T> T at(String house, Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                enter("/run/netns/" + name(house));
                done.complete(task.call());
              } catch (Throwable e) { // of whatever kind: it is the test's to report
                done.completeExceptionally(e);
              }
            });
    return done.get(60, TimeUnit.SECONDS);
  }

  @SuppressWarnings("restricted") // the JDK cannot enter a namespace
  private static void enter(String path) throws Throwable {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(path);
      int file =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("open"),
                      FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                      Linker.Option.firstVariadicArg(2))
                  .invokeExact(text, 0);
      int entered =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("setns"),
                      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT))
                  .invokeExact(file, CLONE_NEWNET);
      int closed =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("close"),
                      FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                  .invokeExact(file);
      if (entered != 0 || closed != 0) {
        throw new IOException("cannot enter " + path);
      }
    }
  }

  /** Ends all namespaces. */
  public void remove() throws IOException, InterruptedException {
    for (String house : houses) {
      run("ip netns del " + name(house));
    }
  }
}
