package org.strowger.platform;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Storage;

/**
 * Memory and file systems. Only those of local disks and of memory are asked: a question about a
 * file system on a server that is away would not come back.
 */
final class Disks {
  private static final Set<String> LOCAL =
      Set.of(
          "ext2",
          "ext3",
          "ext4",
          "xfs",
          "btrfs",
          "vfat",
          "f2fs",
          "squashfs",
          "iso9660",
          "overlay",
          "tmpfs",
          "zfs");

  private Disks() {}

  /**
   * @param memory what /proc/meminfo says, in bytes
   */
  static List<Storage> read(Tree tree, Map<String, Long> memory) {
    List<Storage> all = new ArrayList<>();
    long total = memory.getOrDefault("MemTotal", 0L);
    long available = memory.getOrDefault("MemAvailable", 0L);
    all.add(inKilobytes(Storage.MEMORY, "physical memory", total, total - available));
    long swap = memory.getOrDefault("SwapTotal", 0L);
    long swapFree = memory.getOrDefault("SwapFree", 0L);
    all.add(inKilobytes(Storage.SWAP, "swap", swap, swap - swapFree));
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    all.add(inKilobytes(Storage.HEAP, "heap of the director", heap.getMax(), heap.getUsed()));
    all.addAll(fileSystems(tree));
    return all;
  }

  private static Storage inKilobytes(int index, String name, long size, long used) {
    return new Storage(index, name, "", 1_024, size / 1_024, used / 1_024);
  }

  private static List<Storage> fileSystems(Tree tree) {
    List<Storage> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String line : tree.lines("proc/self/mounts")) {
      List<String> words = Tree.words(line);
      boolean asked = words.size() > 2 && LOCAL.contains(words.get(2)) && seen.add(words.get(1));
      if (asked && all.size() < PlatformState.MAX_FILE_SYSTEMS) {
        int index = Storage.FIRST_FILE_SYSTEM + all.size();
        String mounted = words.get(1).replace("\\040", " ");
        try {
          all.add(fileSystem(index, mounted, words.get(2)));
        } catch (IOException gone) { // unmounted meanwhile, or not for us to see
          all.add(new Storage(index, mounted, words.get(2), 1, 0, 0));
        }
      }
    }
    return all;
  }

  private static Storage fileSystem(int index, String mounted, String type) throws IOException {
    FileStore store = Files.getFileStore(Path.of(mounted));
    long unit = Math.max(1, store.getBlockSize());
    long total = store.getTotalSpace() / unit;
    return new Storage(
        index, mounted, type, unit, total, total - store.getUnallocatedSpace() / unit);
  }
}
