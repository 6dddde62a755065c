package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * keepalived as a health checker beside ours. It refuses to run where the kernel has no IPVS; its
 * calls to IPVS are then answered by a few lines of C that do nothing, which spares it work.
 */
final class Keepalived {
  private static final String NO_IPVS =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <string.h>
      #include <sys/socket.h>
      #define FIRST (64 + 1024 + 64) /* IP_VS_BASE_CTL, linux/ip_vs.h */
      #define LAST (FIRST + 63)
      int getsockopt(int fd, int level, int option, void *value, socklen_t *size) {
        if (level == 0 && option >= FIRST && option <= LAST) {
          memset(value, 0, *size);
          if (*size >= 12) { /* struct ip_vs_getinfo: version 1.2.1, size of the table */
            ((unsigned *)value)[0] = 0x010201;
            ((unsigned *)value)[1] = 4096;
          }
          return 0;
        }
        int (*real)(int, int, int, void *, socklen_t *) = dlsym(RTLD_NEXT, "getsockopt");
        return real(fd, level, option, value, size);
      }
      int setsockopt(int fd, int level, int option, const void *value, socklen_t size) {
        if (level == 0 && option >= FIRST && option <= LAST) {
          return 0;
        }
        int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");
        return real(fd, level, option, value, size);
      }
      """;

  private Keepalived() {}

  /** Why it cannot take part here; empty if it can. */
  static Optional<String> missing() {
    Optional<String> program = Kind.missing("keepalived", "keepalived");
    return program.isPresent() || ipvs() || compiler().isPresent()
        ? program
        : Optional.of("this kernel has no IPVS, and there is no cc to stand in for it");
  }

  static boolean ipvs() {
    return Files.exists(Path.of("/proc/net/ip_vs"));
  }

  private static Optional<String> compiler() {
    return Shell.find("cc").or(() -> Shell.find("clang")).map(Path::toString);
  }

  /** Starts it to check so many real servers; with it goes what it started. */
  static Child start(Path folder, int servers, int port, long intervalMillis)
      throws IOException, InterruptedException {
    Path file =
        Files.writeString(folder.resolve("keepalived.conf"), file(servers, port, intervalMillis));
    List<String> command =
        List.of(
            Shell.find("keepalived").orElseThrow().toString(),
            "--dont-fork",
            "--log-console",
            "--check",
            "--use-file",
            file.toString(),
            "--pid",
            folder.resolve("keepalived.pid").toString(),
            "--checkers_pid",
            folder.resolve("checkers.pid").toString());
    if (ipvs()) {
      return Child.start("keepalived", folder, command);
    }
    Path source = Files.writeString(folder.resolve("noipvs.c"), NO_IPVS);
    Path library = folder.resolve("noipvs.so");
    Shell.run(
        compiler().orElseThrow(),
        "-shared",
        "-fPIC",
        "-O2",
        "-o",
        library.toString(),
        source.toString(),
        "-ldl");
    List<String> preloaded = new ArrayList<>(List.of("env", "LD_PRELOAD=" + library));
    preloaded.addAll(command);
    return Child.start("keepalived", folder, preloaded);
  }

  private static String file(int servers, int port, long intervalMillis) {
    StringBuilder text =
        new StringBuilder(
            """
            virtual_server 127.0.0.99 80 {
              delay_loop %s
              lb_algo rr
              lb_kind NAT
              protocol TCP
            """
                .formatted(intervalMillis / 1e3));
    for (int i = 0; i < servers; i++) {
      text.append(
          """
            real_server %s %d {
              TCP_CHECK {
                connect_timeout 1
              }
            }
          """
              .formatted(HealthBench.address(i), port));
    }
    return text.append("}\n").toString();
  }
}
