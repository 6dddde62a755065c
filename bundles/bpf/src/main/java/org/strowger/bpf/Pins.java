package org.strowger.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Bpf;
import org.strowger.api.BpfLink;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfObject;
import org.strowger.api.BpfProgram;
import org.strowger.api.BpfSource;
import org.strowger.api.KernelException;

/**
 * What runs in the kernel, by names in a folder of our own: maps, and the links that hold the
 * program at its devices. It goes on when this process ends. A later process opens the maps, loads
 * its own program over them and exchanges it in the links, in one step each: no packet meets none.
 *
 * <p>The folder's name tells the network namespace, so that directors in two namespaces of one host
 * do not meet, and the layout of the maps: another layout has other maps.
 */
final class Pins implements AutoCloseable {
  /** LAYOUT of strowger.h. */
  static final int LAYOUT = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Pins.class);
  private static final String PROGRAM = "strowger";

  private final Bpf bpf;
  private final Path namespace;
  private final Path folder;
  private final BpfObject object;
  private final KernelMaps maps;
  private final List<BpfMap> opened;
  private final Optional<BpfSource> beforeIt;
  private final Map<Attachment, BpfLink> links = new HashMap<>();
  private @Nullable BpfObject xdp;

  private Pins(
      Bpf bpf,
      Path namespace,
      Path folder,
      BpfObject object,
      KernelMaps maps,
      List<BpfMap> opened,
      Optional<BpfSource> beforeIt) {
    this.bpf = bpf;
    this.namespace = namespace;
    this.folder = folder;
    this.object = object;
    this.maps = maps;
    this.opened = opened;
    this.beforeIt = beforeIt;
  }

  /** Where the pins of one network namespace and this layout are, below the file system's root. */
  static Path folder(Path root, String namespace) {
    return root.resolve("netns-" + namespace).resolve("layout-" + LAYOUT);
  }

  /** What namespaces that are gone left under the number that this one has now. */
  private static void forgetPredecessors(Path root, String namespace) throws IOException {
    String number = namespace.replaceFirst("-.*", "");
    Path own = folder(root, namespace).getParent();
    List<Path> others = new ArrayList<>();
    try (Stream<Path> all = Files.list(root)) {
      all.filter(path -> !path.equals(own))
          .filter(path -> (path.getFileName() + "-").startsWith("netns-" + number + "-"))
          .forEach(others::add);
    }
    for (Path other : others) {
      LOG.atWarn().log("removed {}, of a network namespace that is gone", other);
      delete(other);
    }
  }

  /**
   * Loads the program, over the maps that are there already or new ones.
   *
   * @param source the object; maps are given to it here
   * @param xdp the one for XDP, loaded when a device is to have it
   */
  static Pins open(Bpf bpf, Path root, String namespace, BpfSource source, Optional<BpfSource> xdp)
      throws IOException {
    bpf.mountFileSystem(root);
    forgetPredecessors(root, namespace);
    Path folder = folder(root, namespace);
    Path mapFolder = Files.createDirectories(folder.resolve("maps"));
    Files.createDirectories(folder.resolve("links"));
    Map<String, BpfMap> reuse = new HashMap<>();
    try {
      for (String name : KernelMaps.NAMES) {
        if (Files.exists(mapFolder.resolve(name))) {
          reuse.put(name, bpf.openMap(mapFolder.resolve(name)));
        }
      }
      BpfObject object =
          bpf.load(
              new BpfSource(
                  source.name(),
                  source.elf(),
                  source.maxEntries(),
                  reuse,
                  source.constants(),
                  Set.of(PROGRAM)));
      try {
        Map<String, BpfMap> all = new HashMap<>();
        for (String name : KernelMaps.NAMES) {
          all.put(name, object.map(name));
          if (!reuse.containsKey(name)) {
            object.map(name).pin(mapFolder.resolve(name));
          }
        }
        LOG.atInfo().log(reuse.isEmpty() ? "new maps in {}" : "adopted the maps in {}", mapFolder);
        return new Pins(
            bpf,
            Objects.requireNonNull(folder.getParent()),
            folder,
            object,
            new KernelMaps(all),
            List.copyOf(reuse.values()),
            xdp);
      } catch (IOException | RuntimeException e) {
        object.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      reuse.values().forEach(BpfMap::close);
      throw e;
    }
  }

  KernelMaps maps() {
    return maps;
  }

  BpfProgram program() {
    return object.program(PROGRAM);
  }

  /** What is at XDP, if a device was to have it. */
  synchronized Optional<BpfProgram> xdpProgram() {
    return Optional.ofNullable(xdp).map(object -> object.program(PROGRAM));
  }

  /** The programs at these places, and nowhere else; told which failed, and why. */
  synchronized Map<Attachment, String> attach(Set<Attachment> wanted) throws IOException {
    for (Attachment there : pinned()) {
      if (!wanted.contains(there)) {
        letGo(there);
      }
    }
    Map<Attachment, String> failed = new HashMap<>();
    for (Attachment each : wanted) {
      try {
        hold(each);
      } catch (KernelException e) {
        failed.put(each, String.valueOf(e.getMessage()));
      }
    }
    retireOthers();
    return failed;
  }

  private BpfProgram programFor(Attachment place) throws KernelException {
    if (!place.xdp()) {
      return program();
    }
    BpfObject loaded = xdp;
    if (loaded == null) {
      BpfSource source =
          beforeIt.orElseThrow(() -> new KernelException("the program for XDP was not built", 0));
      loaded =
          bpf.load(
              new BpfSource(
                  source.name(),
                  source.elf(),
                  source.maxEntries(),
                  maps.all(),
                  source.constants(),
                  Set.of(PROGRAM)));
      xdp = loaded;
    }
    return loaded.program(PROGRAM);
  }

  private void hold(Attachment place) throws IOException {
    BpfLink held = links.get(place);
    if (held != null && held.device() == place.device()) {
      return;
    }
    Path pin = pin(place);
    if (Files.exists(pin)) {
      BpfLink link = bpf.openLink(pin);
      if (link.device() == place.device()) {
        link.replace(programFor(place));
        links.put(place, link);
        return;
      }
      link.close(); // of a device that is gone, whose number this one has now
      letGo(place);
    }
    BpfLink link = bpf.attach(programFor(place), place.hook(), place.device());
    try {
      link.pin(pin);
      links.put(place, link);
    } catch (KernelException e) {
      link.close();
      throw e;
    }
  }

  private Path pin(Attachment place) {
    return folder.resolve("links").resolve(place.pin());
  }

  private List<Attachment> pinned() throws IOException {
    try (Stream<Path> pins = Files.list(folder.resolve("links"))) {
      return pins.flatMap(pin -> Attachment.of(pin).stream()).toList();
    }
  }

  private void letGo(Attachment place) throws IOException {
    BpfLink held = links.remove(place);
    Files.deleteIfExists(pin(place));
    if (held != null) {
      held.close();
    }
  }

  /** The programs of another version's layout go when this one is at its devices. */
  private void retireOthers() throws IOException {
    List<Path> others = new ArrayList<>();
    try (Stream<Path> layouts = Files.list(namespace)) {
      layouts.filter(path -> !path.equals(folder)).forEach(others::add);
    }
    for (Path other : others) {
      LOG.atWarn().log("removed {}, of a version with other maps, and its connections", other);
      delete(other);
    }
  }

  /** Removes every pin below a folder: programs are detached and maps freed with the last one. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> all = Files.walk(folder)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }

  /** Lets go of descriptors; what is pinned goes on. */
  @Override
  public synchronized void close() {
    links.values().forEach(BpfLink::close);
    links.clear();
    if (xdp != null) {
      xdp.close();
      xdp = null;
    }
    object.close();
    opened.forEach(BpfMap::close);
  }
}
