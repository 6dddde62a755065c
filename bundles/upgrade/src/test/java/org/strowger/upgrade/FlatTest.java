package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Upgrades leave nothing behind: no classes, threads, open files, no jars of versions that went.
 */
class FlatTest {
  private static final int UPGRADES = Boolean.getBoolean("strowger.long") ? 200 : 3;

  @TempDir Path folder;

  private TestFramework felix;

  @Test
  void nothingOfTheVersionsThatWentIsKept() throws Exception {
    Publisher publisher = new Publisher(folder);
    try (TestFramework opened = new TestFramework(folder, false)) {
      felix = opened;
      publisher.trustedBy(felix.state);
      Supplier<Map<String, String>> evidence = () -> Map.of(Evidence.PLANES, "relay");
      felix
          .context()
          .registerService(
              Supplier.class,
              evidence,
              FrameworkUtil.asDictionary(
                  Map.of(Gate.EVIDENCE, "true", Constants.SERVICE_RANKING, 100)));
      felix.install(sample(0)).start();
      List<WeakReference<ClassLoader>> went = new ArrayList<>();
      upgrade(publisher.pack(sample(1)), went); // the first loads what is needed to upgrade
      long threads = Thread.getAllStackTraces().size();
      long files = openFiles();
      for (int i = 2; i <= UPGRADES; i++) {
        upgrade(publisher.pack(sample(i)), went);
      }
      assertEquals(List.of("version " + UPGRADES), felix.offers());
      TestFramework.await("classes of versions that went are gone", () -> collected(went));
      TestFramework.await(
          "no more threads", () -> Thread.getAllStackTraces().size() <= threads + 5);
      TestFramework.await("no more open files", () -> openFiles() <= files + 10);
      try (Stream<Path> kept = Files.list(felix.state.resolve("bundles"))) {
        assertEquals(3, kept.count(), "the jar, its manifest, the list");
      }
    }
  }

  private static boolean collected(List<WeakReference<ClassLoader>> went) {
    System.gc();
    return went.stream().allMatch(each -> each.get() == null);
  }

  private static long openFiles() {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path sample(int number) throws Exception {
    return new TestBundle("sample.a", "1." + number + ".0")
        .header("Strowger-Upgrade-Class", "plugin")
        .offers("\"version " + number + "\"")
        .write(folder.resolve("a-" + number + ".jar"));
  }

  private void upgrade(Path release, List<WeakReference<ClassLoader>> went) throws Exception {
    BundleWiring wiring = felix.named("sample.a").getFirst().adapt(BundleWiring.class);
    went.add(new WeakReference<>(wiring.getClassLoader()));
    done(Map.of(Keeper.WORD, Words.STAGE, Keeper.FILE, release.toString()));
    done(Map.of(Keeper.WORD, Words.ACTIVATE, Words.TRIAL, "600"));
    TestFramework.await("trial", () -> state().equals("trial"));
    done(Map.of(Keeper.WORD, Words.COMMIT));
  }

  private void done(Map<String, String> request) throws Exception {
    Map<String, String> answer = felix.keeper(request);
    assertTrue(!answer.containsKey(Keeper.REFUSED), answer.toString());
  }

  private String state() {
    try {
      return felix.keeper(Map.of(Keeper.WORD, Words.STATUS)).getOrDefault(Words.STATE, "");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
