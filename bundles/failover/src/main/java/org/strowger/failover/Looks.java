package org.strowger.failover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.NetworkDevice;
import org.strowger.api.OperState;
import org.strowger.api.Program;
import org.strowger.api.VirtualServiceState;
import org.strowger.api.VrrpTrack;
import org.strowger.api.VrrpTrack.Subject;

/** Single looks at what is tracked. Programs run on virtual threads, each once at a time. */
final class Looks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);
  private static final Path PROCESSES = Path.of("/proc");

  /** What a look saw, one sentence. */
  record Outcome(boolean good, String text) {}

  /** A run of a program that has not been judged yet. */
  static final class Pending {
    private final AtomicReference<Optional<Outcome>> outcome =
        new AtomicReference<>(Optional.empty());
    private volatile boolean runs;

    boolean runs() {
      return runs;
    }

    Optional<Outcome> take() {
      return outcome.getAndSet(Optional.empty());
    }

    private void ends(Outcome with) {
      outcome.set(Optional.of(with));
      runs = false;
    }
  }

  private final Path state;
  private final ExecutorService programs =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("track-", 0).factory());

  Looks(Path state) {
    this.state = state;
  }

  /**
   * Looks.
   *
   * @param pending where the outcome of a program will be
   * @return empty if it is not known, or will be in {@code pending}
   */
  Optional<Outcome> look(VrrpTrack wanted, Around around, Pending pending) {
    return switch (wanted.subject()) {
      case Subject.Device(String name) -> around.devices().map(devices -> device(name, devices));
      case Subject.Present(Path file) -> Optional.of(present(state.resolve(file)));
      case Subject.Running(String program) -> running(program);
      case Subject.Services(List<String> names) -> services(names, around);
      case Subject.Script(List<String> command) -> {
        run(command, wanted.timeout().toMillis(), pending);
        yield Optional.empty();
      }
    };
  }

  private static Outcome device(String name, List<NetworkDevice> devices) {
    Optional<NetworkDevice> device =
        devices.stream().filter(each -> each.name().equals(name)).findFirst();
    if (device.isEmpty()) {
      return new Outcome(false, "there is no network device " + name);
    }
    boolean up = device.get().up();
    String how = up && device.get().running() ? "is up" : up ? "has no carrier" : "is down";
    return new Outcome(up && device.get().running(), "the network device " + name + " " + how);
  }

  private static Outcome present(Path file) {
    boolean there = Files.exists(file);
    return new Outcome(there, file + (there ? " is there" : " is not there"));
  }

  private static Optional<Outcome> running(String program) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path each : all) {
        if (is(program, each)) {
          return Optional.of(new Outcome(true, program + " runs"));
        }
      }
      return Optional.of(new Outcome(false, "no process " + program + " runs"));
    } catch (IOException e) { // no evidence
      LOG.warn("the processes are not known: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** The line is {@code PID (NAME) STATE ...}; proc_pid_stat(5). Z and X: it has ended. */
  private static boolean is(String program, Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      int end = stat.lastIndexOf(") ");
      String name = stat.substring(stat.indexOf('(') + 1, Math.max(end, 0));
      return name.equals(program) && "ZX".indexOf(stat.charAt(end + 2)) < 0;
    } catch (IOException | IndexOutOfBoundsException ended) { // meanwhile
      return false;
    }
  }

  /** While the director is replaced, or has not looked at all of them, nothing is known. */
  private static Optional<Outcome> services(List<String> names, Around around) {
    return around
        .snapshot()
        .flatMap(
            snapshot -> {
              boolean all = true;
              for (String name : names) {
                VirtualServiceState service = snapshot.services().get(name);
                all &= service != null;
                if (service != null && service.operState() == OperState.DOWN) {
                  String text = "virtual service " + name + " is down: " + service.reasonText();
                  return Optional.of(new Outcome(false, text));
                }
              }
              return all
                  ? Optional.of(new Outcome(true, "no virtual service of it is down"))
                  : Optional.empty();
            });
  }

  private void run(List<String> command, long timeoutMillis, Pending pending) {
    pending.runs = true;
    try {
      programs.execute(() -> pending.ends(run(command, timeoutMillis)));
    } catch (RejectedExecutionException stopping) {
      pending.runs = false;
    }
  }

  private static Outcome run(List<String> command, long timeoutMillis) {
    String program = command.getFirst();
    try {
      Process process = Program.of(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
          return new Outcome(false, program + " did not end within " + timeoutMillis + " ms");
        }
        int code = process.exitValue();
        return new Outcome(code == 0, program + " ended with exit code " + code);
      } finally {
        Program.kill(process);
      }
    } catch (IOException e) {
      return new Outcome(false, "it cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome(false, program + " was interrupted");
    }
  }

  @Override
  public void close() {
    programs.shutdownNow();
  }
}
