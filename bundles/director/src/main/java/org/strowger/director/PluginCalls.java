package org.strowger.director;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.BundleInventory;

/**
 * Questions about options to the providers of plug-ins, each bounded: one that throws, or does not
 * come back within {@link GuardedScheduler#PATIENCE_MILLIS} and is interrupted, has no answer. The
 * latter is not asked again until another provider offers the name, for a configuration has many
 * services and each would hold the director for as long. Any thread.
 */
final class PluginCalls {
  private static final Logger LOG = LoggerFactory.getLogger(PluginCalls.class);

  /** The failures of one plug-in are logged no more often; each is told to who made the change. */
  private static final Duration SAY_AGAIN = Duration.ofSeconds(10);

  /**
   * Who is asked.
   *
   * @param kind of plug-in, a word for people
   * @param name under which it is offered
   */
  record Plugin(String kind, String name, Object provider) {
    private String key() {
      return kind + " " + name;
    }
  }

  /**
   * What came of it: a value, or why there is none.
   *
   * @param fault a sentence that names the plug-in; empty if there is a value
   */
  record Answer<T>(Optional<T> value, String fault) {}

  private final CallWatch watch;
  private final Runnable wake;

  /** Those that did not come back, by kind and name: no more than there are names offered. */
  private final Map<String, Plugin> shutOut = new ConcurrentHashMap<>();

  /**
   * When a failure was last logged, in nanoseconds, by kind and name: no more than those either.
   */
  private final Map<String, Long> said = new ConcurrentHashMap<>();

  /**
   * @param wake told when a provider is not to be asked any more
   */
  PluginCalls(CallWatch watch, Runnable wake) {
    this.watch = watch;
    this.wake = wake;
  }

  /** Asks; returns within the patience and what code takes that was interrupted. */
  <T> Answer<T> ask(Plugin plugin, Supplier<T> question) {
    if (isShutOut(plugin)) {
      return new Answer<>(Optional.empty(), hangs(plugin));
    }
    // One for each call: changes are checked on the threads of those that ask, beside each other.
    WatchedCall call =
        watch.watch(
            new WatchedCall(
                plugin.key() + " is asked about its options",
                GuardedScheduler.PATIENCE_MILLIS,
                () -> {}));
    boolean overdue;
    Optional<T> value = Optional.empty();
    String fault = "";
    call.begin(System.nanoTime());
    try {
      value = Optional.of(Objects.requireNonNull(question.get(), "it answered nothing"));
    } catch (RuntimeException
        | LinkageError
        | AssertionError
        | StackOverflowError thrown) { // a third party's code: no answer
      fault = "the %s failed when it was asked about them: %s".formatted(plugin.key(), thrown);
      say(plugin, thrown, fault);
    } finally {
      overdue = call.end();
      watch.forget(call);
    }
    if (overdue) {
      shutOut.put(plugin.key(), plugin);
      wake.run();
      return new Answer<>(Optional.empty(), hangs(plugin));
    }
    return new Answer<>(value, fault);
  }

  /** Not for each of ten thousand services that are asked about in one change. */
  private void say(Plugin plugin, Throwable thrown, String fault) {
    long now = System.nanoTime();
    Long last = said.get(plugin.key());
    if (last == null || now - last > SAY_AGAIN.toNanos()) {
      said.put(plugin.key(), now);
      LOG.atWarn().addKeyValue("plugin", plugin.key()).setCause(thrown).log("{}", fault);
    }
  }

  private boolean isShutOut(Plugin plugin) {
    Plugin known = shutOut.get(plugin.key());
    return known != null && same(known.provider, plugin.provider);
  }

  @SuppressWarnings("ReferenceEquality") // which service object it is, not what it equals
  private static boolean same(@Nullable Object one, @Nullable Object other) {
    return one == other;
  }

  private static String hangs(Plugin plugin) {
    return "the %s did not come back within %d s when it was asked about its options; it is asked no more until another version of it comes"
        .formatted(plugin.key(), GuardedScheduler.PATIENCE_MILLIS / 1_000);
  }

  /**
   * What is to be alarmed of the plug-ins of a kind; forgets those that another one took the place
   * of, or whose bundle went.
   */
  <T> List<BundleInventory.Failure> failures(String kind, Offers<T> offers) {
    shutOut
        .values()
        .removeIf(
            each -> each.kind.equals(kind) && !same(each.provider, offers.provider(each.name)));
    Map<String, Offers.Known<T>> known = offers.known();
    List<BundleInventory.Failure> failures = new ArrayList<>();
    shutOut.forEach(
        (_, each) -> {
          Offers.Known<T> offered = known.get(each.name);
          if (each.kind.equals(kind) && offered != null) {
            failures.add(new BundleInventory.Failure(offered.offer().bundleName(), hangs(each)));
          }
        });
    return failures;
  }
}
