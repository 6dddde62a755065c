package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;

/** One that carries the traffic; of "direct" there is no process, only the way past all others. */
final class Contender implements AutoCloseable {
  private final Kind kind;
  private final Place place;
  private final int number;
  private final Target http;
  private final Target sink;
  private @Nullable Child child;
  private @Nullable Path folder;
  private int starts;

  /**
   * @param number from 1, not that of another contender
   */
  Contender(Kind kind, Place place, int number) throws IOException {
    this.kind = kind;
    this.place = place;
    this.number = number;
    this.http = place.virtual(number, Place.HTTP);
    this.sink = place.virtual(number, Place.SINK);
  }

  Kind kind() {
    return kind;
  }

  int number() {
    return number;
  }

  /** What clients connect to. */
  List<Target> http() {
    return kind == Kind.DIRECT ? place.http() : List.of(http);
  }

  List<Target> sinks() {
    return kind == Kind.DIRECT ? place.sinks() : List.of(sink);
  }

  /** Starts it, and waits until a client is served. */
  void start(Clients clients) throws IOException, InterruptedException {
    if (kind == Kind.DIRECT) {
      return;
    }
    starts++;
    Path own = place.folder().resolve(kind.word() + "-" + starts);
    folder = Files.createDirectories(own);
    Child started = Child.start(kind.word(), own, place.in("director", command(own)));
    child = started;
    place.sourcesOf(number);
    started.await(() -> clients.served(http));
  }

  private List<String> command(Path own) throws IOException {
    return switch (kind) {
      case DIRECT -> throw new IllegalStateException("direct has no process");
      case IO_URING, EPOLL, NIO -> director(own);
      case HAPROXY -> {
        Path file = own.resolve("haproxy.cfg");
        Files.writeString(file, Configurations.haproxy(http, sink, place));
        yield List.of(program("haproxy"), "-db", "-f", file.toString());
      }
      case NGINX -> {
        Path module = Shell.nginxStreamModule().orElseThrow();
        Path file = own.resolve("nginx.conf");
        Files.writeString(file, Configurations.nginxStream(http, sink, place, own, module));
        yield nginx(own, file);
      }
    };
  }

  static List<String> nginx(Path folder, Path file) {
    return List.of(program("nginx"), "-p", folder + "/", "-e", "stderr", "-c", file.toString());
  }

  private static String program(String name) {
    return Shell.find(name).orElseThrow(() -> new IllegalStateException(name)).toString();
  }

  /** As the distribution starts it, but with the transport forced and a log of the collector. */
  private List<String> director(Path own) throws IOException {
    Files.writeString(own.resolve("director.yaml"), Configurations.director(http, sink, place));
    return DirectorProcess.command(
        Distribution.ofThisRepository(),
        own,
        "-Dstrowger.transport=" + kind.transport(),
        "-Xlog:gc*:file=" + own.resolve("gc.log") + ":uptime,level,tags:filecount=0");
  }

  /** CPU seconds that it has used until now. */
  double cpuSeconds() {
    return child == null ? 0 : ProcessFigures.cpuSeconds(child.handle());
  }

  long proportionalKib() {
    return child == null ? 0 : ProcessFigures.proportionalKib(child.handle());
  }

  /**
   * KiB that live: of a JVM the heap after a collection and everything beside the heap that no file
   * backs (buffers, the JVM's own); of others all that is resident.
   */
  long livingKib() throws IOException, InterruptedException {
    Child running = child;
    if (running == null) {
      return 0;
    }
    if (!kind.strowger()) {
      return proportionalKib();
    }
    return JavaHeap.usedAfterCollection(running.pid())
        + ProcessFigures.anonymousKib(running.handle());
  }

  /** How much the log of the collector holds: where the next reading begins. */
  long gcLogSize() throws IOException {
    Path log = gcLog();
    return log != null && Files.exists(log) ? Files.size(log) : 0;
  }

  GcLog gcSince(long position) throws IOException {
    Path log = gcLog();
    return log != null && Files.exists(log)
        ? GcLog.read(log, position)
        : new GcLog(new ArrayList<>());
  }

  private @Nullable Path gcLog() {
    return folder == null || !kind.strowger() ? null : folder.resolve("gc.log");
  }

  void freeze() throws IOException, InterruptedException {
    if (child != null) {
      child.freeze();
    }
  }

  /** Puts it back on the processors, and its clients on their own addresses. */
  void thaw() throws IOException, InterruptedException {
    place.sourcesOf(number);
    if (child != null) {
      child.thaw();
    }
  }

  boolean alive() {
    return kind == Kind.DIRECT || (child != null && child.alive());
  }

  @Override
  public void close() {
    if (child != null) {
      child.close();
      child = null;
    }
  }
}
