package org.strowger.bench;

import java.util.Arrays;
import java.util.Optional;

/** Who is measured; the order is that of the tables. */
enum Kind implements Contestant {
  DIRECT(Contestant.DIRECT, ""),
  IO_URING("strowger-io_uring", "io_uring"),
  EPOLL("strowger-epoll", "epoll"),
  NIO("strowger-nio", "nio"),
  HAPROXY("haproxy", ""),
  NGINX("nginx", "");

  private final String word;
  private final String transport;

  Kind(String word, String transport) {
    this.word = word;
    this.transport = transport;
  }

  @Override
  public String word() {
    return word;
  }

  /** Of Strowger, what {@code strowger.transport} is set to; empty for others. */
  String transport() {
    return transport;
  }

  boolean strowger() {
    return !transport.isEmpty();
  }

  static Optional<Kind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
  }

  /** Why this one cannot take part here; empty if it can. */
  Optional<String> missing() {
    return switch (this) {
      case HAPROXY -> missing("haproxy", "haproxy");
      case NGINX ->
          Shell.nginxStreamModule().isPresent()
              ? Optional.empty()
              : Optional.of("nginx's stream module is missing (package libnginx-mod-stream)");
      default -> Optional.empty();
    };
  }

  static Optional<String> missing(String program, String debianPackage) {
    return Shell.find(program).isPresent()
        ? Optional.empty()
        : Optional.of(program + " is missing (package " + debianPackage + ")");
  }
}
