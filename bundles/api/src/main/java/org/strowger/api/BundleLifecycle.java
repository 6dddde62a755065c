package org.strowger.api;

/** State of an OSGi bundle. */
public enum BundleLifecycle implements Coded {
  INSTALLED(1, "installed"),
  RESOLVED(2, "resolved"),
  STARTING(3, "starting"),
  ACTIVE(4, "active"),
  STOPPING(5, "stopping"),
  UNINSTALLED(6, "uninstalled");

  private final int code;
  private final String word;

  BundleLifecycle(int code, String word) {
    this.code = code;
    this.word = word;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public String word() {
    return word;
  }
}
