package org.strowger.api;

/**
 * How a component tells the launcher, which knows none of our types, that it is ready: it registers
 * a {@code java.util.function.Supplier<String>} as OSGi service with the property {@value
 * #PROPERTY} naming the component. The supplier answers {@link #STARTING}, a text that begins with
 * {@link #FAILED}, or any other text when the component is ready.
 */
public final class StartupReport {
  public static final String PROPERTY = "strowger.startup";
  public static final String STARTING = "";

  /** Followed by one clear sentence. */
  public static final String FAILED = "failed: ";

  private StartupReport() {}
}
