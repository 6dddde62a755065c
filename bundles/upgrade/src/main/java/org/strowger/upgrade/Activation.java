package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.strowger.upgrade.Plan.Part;
import org.strowger.upgrade.Plan.Step;

/** Does and undoes the steps of a plan inside the framework. */
final class Activation {
  private final BundleContext context;
  private final Exchange exchange;
  private final Path release;
  private final Path checkpoint;

  /**
   * @param release folder of the new jars
   * @param checkpoint folder of the old ones
   */
  Activation(BundleContext context, Exchange exchange, Path release, Path checkpoint) {
    this.context = context;
    this.exchange = exchange;
    this.release = release;
    this.checkpoint = checkpoint;
  }

  /** Keeps what is to be exchanged, on the disk. */
  void keepOld(Plan plan) throws Refusal {
    try {
      Durable.emptyFolder(checkpoint);
      for (Step step : plan.steps()) {
        for (Part part : step.parts()) {
          if (part.way() != Plan.Way.ADD) {
            byte[] old = RunningBundle.toJar(running(part));
            Durable.create(checkpoint.resolve(part.fileName()), old);
          }
        }
      }
      Durable.sync(checkpoint);
    } catch (IOException e) {
      throw new Refusal("the running release cannot be kept: " + e.getMessage(), e);
    }
  }

  private Bundle running(Part part) throws Refusal {
    return exchange.installed(part.name()).stream()
        .findFirst()
        .orElseThrow(() -> new Refusal(part.name() + " is not installed any more"));
  }

  void perform(Step step, Collection<Bundle> expected) throws Refusal {
    Part first = step.parts().getFirst();
    switch (first.way()) {
      case ADD -> exchange.add(free("strowger-added:" + first.name()), jar(first), lastLevel());
      case BESIDE -> beside(first, release.resolve(first.fileName()), expected);
      case SWAP -> swap(step, release, expected);
    }
  }

  /** The old versions again; what was not done yet is left as it is. */
  void undo(Step step, Collection<Bundle> expected) throws Refusal {
    Part first = step.parts().getFirst();
    switch (first.way()) {
      case ADD -> {
        for (Bundle added : exchange.installed(first.name())) {
          exchange.uninstall(added);
        }
      }
      case BESIDE -> {
        if (running(first).getVersion().toString().equals(first.to())) {
          beside(first, checkpoint.resolve(first.fileName()), expected);
        }
      }
      case SWAP -> swap(step, checkpoint, expected);
    }
  }

  private Path jar(Part part) {
    return release.resolve(part.fileName());
  }

  private void swap(Step step, Path folder, Collection<Bundle> expected) throws Refusal {
    Map<Bundle, Path> jars = new LinkedHashMap<>();
    for (Part part : step.parts()) {
      jars.put(running(part), folder.resolve(part.fileName()));
    }
    exchange.exchange(jars, expected);
  }

  /** The other version beside the one that runs, which drains from then on. */
  private void beside(Part part, Path jar, Collection<Bundle> expected) throws Refusal {
    Bundle before = running(part);
    List<Bundle> importers = Exchange.importers(before);
    exchange.add(free("strowger-beside:" + part.name()), jar, Exchange.level(before));
    if (!importers.isEmpty()) {
      exchange.refresh(importers);
    }
    exchange.startAll(expected);
  }

  /** A location that no bundle has. */
  private String free(String location) {
    String free = location;
    for (int i = 2; context.getBundle(free) != null; i++) {
      free = location + ":" + i;
    }
    return free;
  }

  private int lastLevel() {
    FrameworkStartLevel level =
        Objects.requireNonNull(context.getBundle(0).adapt(FrameworkStartLevel.class));
    return Math.max(1, level.getStartLevel());
  }
}
