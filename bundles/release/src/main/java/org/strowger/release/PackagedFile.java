package org.strowger.release;

import java.util.List;
import java.util.Optional;

/**
 * A file of a package.
 *
 * @param path {@code bundles/NAME.jar}, or {@code payload/NAME} for what is no bundle
 * @param bytes its size
 * @param sha256 in hexadecimal
 * @param bundle what the jar is; empty for what is no bundle
 */
public record PackagedFile(
    String path, long bytes, String sha256, UpgradeClass upgradeClass, Optional<Bundle> bundle) {

  /**
   * A bundle.
   *
   * @param name symbolic name
   * @param needs packages of ours that it imports, each with its range of versions
   */
  public record Bundle(String name, String version, List<String> needs) {
    public Bundle {
      needs = List.copyOf(needs);
    }
  }

  /** The last part of the path. */
  public String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
