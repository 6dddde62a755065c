package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The real servers: an nginx for requests and a {@link Sink} for uploads, in each namespace. */
final class RealServers implements AutoCloseable {
  private static final int SMALL = 1024;
  private static final int BULK = 64 << 20;

  private final List<Child> running = new ArrayList<>();

  RealServers(Place place) throws IOException {
    Path documents = Files.createDirectories(place.folder().resolve("documents"));
    Files.write(documents.resolve("1k"), filled(SMALL));
    Files.write(documents.resolve("bulk"), filled(BULK));
    for (int i = 0; i < Place.REAL_SERVERS; i++) {
      start(place, documents, i);
    }
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 's');
    return bytes;
  }

  private void start(Place place, Path documents, int index) throws IOException {
    String name = "real" + (index + 1);
    Path folder = Files.createDirectories(place.folder().resolve(name));
    Path file = folder.resolve("nginx.conf");
    Files.writeString(
        file,
        Configurations.realServer(
            place.listening(place.http().get(index)), folder, documents, place.descriptors()));
    running.add(
        Child.start(name + "-nginx", folder, place.in(name, Contender.nginx(folder, file))));
    Target sink = place.listening(place.sinks().get(index));
    List<String> command =
        new ArrayList<>(Jvm.command(Sink.class, place.folder(), "-XX:+UseSerialGC"));
    command.addAll(List.of(sink.address(), String.valueOf(sink.port())));
    running.add(Child.start(name + "-sink", folder, place.in(name, command)));
  }

  /** Waits until all of them serve. */
  void await(Place place, Clients clients) throws IOException, InterruptedException {
    for (int i = 0; i < Place.REAL_SERVERS; i++) {
      Target http = place.http().get(i);
      running.get(2 * i).await(() -> clients.served(http));
      Child sink = running.get(2 * i + 1);
      sink.await(() -> ready(sink));
    }
  }

  private static boolean ready(Child sink) {
    try {
      return sink.said().contains("ready");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Datagrams that have reached the real servers until now, though nobody there reads them. */
  long datagrams() {
    long sum = 0;
    for (int i = 0; i < Place.REAL_SERVERS; i++) {
      sum += ProcessFigures.count("Udp", running.get(2 * i + 1).pid(), "InErrors");
    }
    return sum;
  }

  @Override
  public void close() {
    running.forEach(Child::close);
  }
}
