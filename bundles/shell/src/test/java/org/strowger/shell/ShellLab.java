package org.strowger.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.strowger.api.BundleInventory;
import org.strowger.api.Change;
import org.strowger.api.ConfigurationFiles;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Director;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;
import org.strowger.api.Subscription;
import org.strowger.api.Violation;
import org.strowger.testkit.EmbeddedFelix;
import org.strowger.testkit.FakeDirector;
import org.strowger.testkit.FakeUpgrade;
import org.strowger.testkit.PlatformSample;

/** The shell in a real Felix, a fake director behind it, and the real client before it. */
final class ShellLab implements AutoCloseable {
  /** What one run of the client gave. */
  record Run(int exit, String out, String err) {}

  final Path state;
  final FakeDirector director = new FakeDirector("a", "b");
  final FakeUpgrade upgrade = new FakeUpgrade();
  final List<Path> updated = new ArrayList<>();
  final Bundle shell;
  private final EmbeddedFelix felix;
  private ServiceRegistration<Director> registration;

  ShellLab(Path state) {
    this.state = state;
    felix = EmbeddedFelix.start(state, Map.of("strowger.state", state.toString()));
    felix.install(EmbeddedFelix.onClassPath("org.apache.felix.gogo.runtime-"));
    registration = felix.context().registerService(Director.class, director, null);
    felix.context().registerService(ConfigurationFiles.class, new Reader(), null);
    felix.context().registerService(BundleInventory.class, new Inventory(), null);
    PlatformSample sample = new PlatformSample();
    felix.context().registerService(Platform.class, sample, null);
    felix.context().registerService(PerformanceMonitor.class, sample, null);
    felix.context().registerService(InServiceUpgrade.class, upgrade, null);
    shell = felix.install(Path.of("target", "classes").toAbsolutePath());
  }

  /** From now on this one knows what directors tell each other. */
  void sync(ConnectionSync service) {
    felix.context().registerService(ConnectionSync.class, service, null);
  }

  void directorLeaves() {
    registration.unregister();
  }

  void directorComes() {
    registration = felix.context().registerService(Director.class, director, null);
  }

  /** A command that some other bundle adds. */
  void other(String word, UnaryOperator<Object> action) {
    felix
        .context()
        .registerService(
            Other.class,
            new Other(action),
            FrameworkUtil.asDictionary(
                Map.of("osgi.command.scope", "strowger", "osgi.command.function", word)));
  }

  /** As any bundle may write it: a method called like the command. */
  public static final class Other {
    private final UnaryOperator<Object> action;

    Other(UnaryOperator<Object> action) {
      this.action = action;
    }

    public Object greet(String... words) {
      return action.apply(List.of(words));
    }
  }

  String status() throws InvalidSyntaxException {
    for (ServiceReference<?> each :
        felix.context().getAllServiceReferences(null, "(strowger.startup=shell)")) {
      return String.valueOf(((Supplier<?>) felix.context().getService(each)).get());
    }
    return "";
  }

  Run cli(String... words) throws Exception {
    return cli(state.resolve(SocketFile.NAME), "", words);
  }

  /** Runs the client as an operator does, in a process of its own. */
  Run cli(Path socket, String input, String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.strowger.launcher.Cli", "--socket", socket.toString()));
    command.addAll(List.of(words));
    Path out = Files.createTempFile(state, "cli", ".out");
    Path err = Files.createTempFile(state, "cli", ".err");
    Path in = Files.writeString(Files.createTempFile(state, "cli", ".in"), input);
    Process process =
        new ProcessBuilder(command)
            .directory(state.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the client does not end: " + command);
    }
    return new Run(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  @Override
  public void close() throws IOException {
    felix.close();
  }

  /** Takes a file with the word {@code bad} in it for a wrong one. */
  private static final class Reader implements ConfigurationFiles {
    @Override
    public Change.ImportFile read(Path file) {
      List<Violation> problems = new ArrayList<>();
      try {
        if (Files.readString(file, UTF_8).contains("bad")) {
          problems.add(
              Violation.of(KeyPath.of("director", "name"), "bad", "a name").at(file + ":1"));
        }
      } catch (IOException e) {
        problems.add(Violation.of(KeyPath.of(), e, "a readable file"));
      }
      return new Change.ImportFile(file.toString(), "0", Map.of(), Map.of(), problems);
    }

    @Override
    public String print(Map<String, Object> tree) {
      return "pools: " + tree.get("pools") + "\n";
    }
  }

  /** Takes a file that exists. */
  private final class Inventory implements BundleInventory {
    /** In another thread, which is waited for. */
    private void updateShell() {
      CompletableFuture.runAsync(
              () -> {
                try {
                  shell.update();
                } catch (BundleException e) {
                  throw new AssertionError(e);
                }
              })
          .join();
    }

    @Override
    public List<org.strowger.api.BundleView> bundles() {
      return List.of();
    }

    @Override
    public Subscription onFailures(java.util.function.Consumer<List<Failure>> listener) {
      return () -> {};
    }

    @Override
    public Updated update(Path file, Origin origin) {
      if (!Files.exists(file)) {
        return new Updated.Refused(file + " does not exist");
      }
      updated.add(file);
      if (file.endsWith("shell.jar")) {
        updateShell();
      }
      return new Updated.Done("org.strowger.schedulers", "0.1.0", "0.1.1", "in place");
    }
  }
}
