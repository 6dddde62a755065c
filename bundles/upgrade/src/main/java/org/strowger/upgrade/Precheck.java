package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.strowger.release.PackagedFile;
import org.strowger.release.ReleaseManifest;
import org.strowger.release.ReleasePackage;
import org.strowger.release.Untrusted;
import org.strowger.release.UpgradeClass;
import org.strowger.upgrade.Plan.Part;
import org.strowger.upgrade.Plan.Step;
import org.strowger.upgrade.Plan.Way;

/** Finds out what a package would exchange, how, and what stands against it. Changes nothing. */
final class Precheck {
  /** Heap that must be free for two versions of everything. */
  static final long HEAP_BYTES = 64L << 20;

  private static final String API = "org.strowger.api";

  /** What was found: with a problem, the plan is not carried out. */
  record Found(Plan plan, List<String> problems, ReleasePackage opened) {}

  /** A bundle of the package that differs from what runs. */
  private record Changed(BundleJar jar, PackagedFile file, List<Bundle> installed) {}

  private final BundleContext context;
  private final Exchange exchange;
  private final Path release;
  private final Path home;
  private final Map<String, String> took;

  /**
   * @param release folder to unpack jars in
   * @param home the distribution
   * @param took how long exchanges took earlier: {@code took.NAME}, in milliseconds
   */
  Precheck(
      BundleContext context, Exchange exchange, Path release, Path home, Map<String, String> took) {
    this.context = context;
    this.exchange = exchange;
    this.release = release;
    this.home = home;
    this.took = took;
  }

  Found check(ReleasePackage opened, boolean downgrade) throws Refusal {
    List<String> problems = new ArrayList<>(payloads(opened.manifest()));
    room(opened, problems);
    List<Changed> changed = changed(opened);
    for (Changed each : changed) {
      versions(each, downgrade, problems);
    }
    needs(opened.manifest(), changed, problems);
    if (changed.isEmpty() && problems.isEmpty()) {
      problems.add("all that the package brings runs already");
    }
    if (problems.isEmpty()) {
      problems.addAll(
          exchange.unresolvable(changed.stream().map(each -> each.jar().file()).toList()));
    }
    return new Found(plan(changed), List.copyOf(problems), opened);
  }

  /** What is no bundle is not for this box alone. */
  private static List<String> payloads(ReleaseManifest manifest) {
    List<String> problems = new ArrayList<>();
    for (PackagedFile file : manifest.files()) {
      if (file.upgradeClass() == UpgradeClass.NODE_RESTART
          || file.upgradeClass() == UpgradeClass.REBOOT) {
        problems.add(
            file.path()
                + " is of class "
                + file.upgradeClass().word()
                + ": it cannot be exchanged while the process runs");
      }
    }
    return problems;
  }

  private void room(ReleasePackage opened, List<String> problems) throws Refusal {
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    if (heap < HEAP_BYTES) {
      problems.add("expected " + HEAP_BYTES + " bytes of free heap, there are " + heap);
    }
    try {
      Files.createDirectories(release, Durable.OWNERS_FOLDER);
      // Unpacked, kept, committed; and what the framework copies for itself.
      long disk = Files.getFileStore(release).getUsableSpace();
      long needed = 4 * opened.manifest().bytes();
      if (disk < needed) {
        throw new Refusal("expected " + needed + " bytes of free disk, there are " + disk);
      }
    } catch (IOException e) {
      throw new Refusal("the disk cannot be asked for room: " + e.getMessage(), e);
    }
  }

  private List<Changed> changed(ReleasePackage opened) throws Refusal {
    List<Changed> changed = new ArrayList<>();
    try {
      Durable.emptyFolder(release);
      for (PackagedFile file : opened.manifest().files()) {
        if (file.bundle().isEmpty()) {
          continue;
        }
        Path jar = release.resolve(fileName(file));
        opened.extract(file, jar);
        BundleJar read = BundleJar.read(jar);
        PackagedFile.Bundle said = file.bundle().get();
        if (!read.name().equals(said.name())
            || !read.version().equals(new Version(said.version()))) {
          throw new Refusal(
              file.path() + " is " + read.name() + " " + read.version() + ", not what is signed");
        }
        List<Bundle> installed = exchange.installed(read.name());
        if (installed.isEmpty()
            || !RunningBundle.digest(installed.getFirst()).equals(read.digest())) {
          changed.add(new Changed(read, file, installed));
        }
      }
      Durable.sync(release);
    } catch (IOException e) {
      throw new Refusal("the package cannot be unpacked: " + e.getMessage(), e);
    } catch (Untrusted e) {
      throw new Refusal(e.why(), e);
    }
    return changed;
  }

  /** Content is part of the name: committed jars of two releases never overwrite each other. */
  private static String fileName(PackagedFile file) {
    PackagedFile.Bundle bundle = file.bundle().orElseThrow();
    return bundle.name() + "-" + bundle.version() + "-" + file.sha256().substring(0, 12) + ".jar";
  }

  private void versions(Changed each, boolean downgrade, List<String> problems) throws Refusal {
    if (each.installed().isEmpty()) {
      return;
    }
    Bundle running = each.installed().getFirst();
    BundleJar jar = each.jar();
    int order = jar.version().compareTo(running.getVersion());
    String what = jar.name() + " " + jar.version();
    if (order < 0 && !downgrade) {
      problems.add(what + " is older than " + running.getVersion() + ", which runs");
    } else if (order == 0 && jar.beside()) {
      problems.add(what + " runs already; beside it must come another version");
    }
    Version shipped = shipped(jar.name());
    if (jar.version().compareTo(shipped) < 0) {
      problems.add(
          what + " is older than the shipped " + shipped + ": a restart would not take it");
    }
    if (running.getBundleId() == 0 || exchange.dependents(running).contains(context.getBundle())) {
      problems.add(jar.name() + " carries the upgrade itself");
    }
  }

  private Version shipped(String name) throws Refusal {
    Path jar = home.resolve("bundles").resolve(name + ".jar");
    return Files.exists(jar) ? BundleJar.read(jar).version() : Version.emptyVersion;
  }

  private void needs(ReleaseManifest manifest, List<Changed> changed, List<String> problems) {
    List<Bundle> api = exchange.installed(API);
    if (!manifest.needs().isEmpty() && !api.isEmpty()) {
      Version running = api.getFirst().getVersion();
      if (running.compareTo(new Version(manifest.needs())) < 0) {
        problems.add(
            "the package needs release "
                + manifest.needs()
                + " to start from; "
                + running
                + " runs");
      }
    }
    for (Changed each : changed) {
      for (Bundle bundle : each.installed().stream().limit(1).toList()) {
        if (bundle.getHeaders("").get("Fragment-Host") != null) {
          problems.add(each.jar().name() + " is a fragment");
        }
      }
    }
  }

  private Plan plan(List<Changed> changed) {
    List<Step> steps = new ArrayList<>();
    Map<String, Changed> swapped = new LinkedHashMap<>();
    for (Changed each : changed) {
      if (each.installed().isEmpty()) {
        steps.add(new Step(List.of(part(each, Way.ADD)), 0, 0));
      } else if (each.jar().beside()) {
        steps.add(step(List.of(part(each, Way.BESIDE)), Set.of()));
      } else {
        swapped.put(each.jar().name(), each);
      }
    }
    List<Step> together = new ArrayList<>();
    while (!swapped.isEmpty()) {
      together.add(group(swapped));
    }
    // What can do least harm first.
    together.sort(
        Comparator.comparing(Step::upgradeClass)
            .thenComparingInt(step -> step.parts().size())
            .thenComparing(Step::title));
    steps.addAll(together);
    return new Plan(steps);
  }

  /** Takes one and all that a refresh of these would touch and that change too. */
  private Step group(Map<String, Changed> left) {
    Map<String, Changed> group = new LinkedHashMap<>();
    Set<String> closure = new HashSet<>();
    List<Changed> toDo = new ArrayList<>(List.of(left.values().iterator().next()));
    while (!toDo.isEmpty()) {
      Changed each = toDo.removeFirst();
      left.remove(each.jar().name());
      group.put(each.jar().name(), each);
      names(exchange.dependents(each.installed().getFirst())).forEach(closure::add);
      left.values().stream()
          .filter(other -> closure.contains(other.jar().name()) || dependsOn(group, other))
          .filter(other -> !toDo.contains(other))
          .forEach(toDo::add);
    }
    closure.removeAll(group.keySet());
    List<Part> parts =
        group.values().stream()
            .sorted(
                Comparator.comparingInt(
                    (Changed each) -> Exchange.level(each.installed().getFirst())))
            .map(each -> part(each, Way.SWAP))
            .toList();
    return step(parts, closure);
  }

  private boolean dependsOn(Map<String, Changed> group, Changed other) {
    return names(exchange.dependents(other.installed().getFirst())).stream()
        .anyMatch(group::containsKey);
  }

  private static List<String> names(Collection<Bundle> bundles) {
    return bundles.stream().map(bundle -> String.valueOf(bundle.getSymbolicName())).toList();
  }

  private Step step(List<Part> parts, Set<String> rewired) {
    long known =
        parts.stream().mapToLong(part -> Plan.number(took, "took." + part.name())).max().orElse(0);
    return new Step(
        parts, rewired.size(), known > 0 ? known : guess(parts.size() + rewired.size()));
  }

  /** Measured on two cores: a bundle stops, is wired and starts within a fifth of a second. */
  private static long guess(int bundles) {
    return 200L * bundles;
  }

  private static Part part(Changed each, Way way) {
    String from =
        each.installed().isEmpty() ? "" : each.installed().getFirst().getVersion().toString();
    return new Part(
        each.jar().name(),
        from,
        each.jar().version().toString(),
        way,
        each.file().upgradeClass().word(),
        String.valueOf(each.jar().file().getFileName()));
  }
}
