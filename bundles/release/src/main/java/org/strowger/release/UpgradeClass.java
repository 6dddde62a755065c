package org.strowger.release;

import java.util.Arrays;
import java.util.Optional;

/** What the exchange of a file asks of the box, the mildest first. */
public enum UpgradeClass {
  /** A bundle whose absence for a moment no connection notices. */
  PLUGIN("plugin"),
  /** A bundle that hands its state to its successor; connections go on. */
  STATEFUL("stateful"),
  /** What lies outside the framework: the process is started anew. */
  NODE_RESTART("nodeRestart"),
  /** The operating system: another slot of the disk is started. */
  REBOOT("reboot");

  private final String word;

  UpgradeClass(String word) {
    this.word = word;
  }

  /** As manifests have it. */
  public String word() {
    return word;
  }

  /** The class of this word, or empty. */
  public static Optional<UpgradeClass> byWord(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }
}
