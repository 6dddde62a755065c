package org.strowger.launcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Watches the components come up. Each registers a {@code Supplier<String>} with the property
 * {@value #PROPERTY}: it answers nothing while starting, {@value #FAILED} and a sentence, or
 * anything else when ready (api: StartupReport, a type this side of the framework cannot see).
 */
final class Startup {
  static final String PROPERTY = "strowger.startup";
  static final String FAILED = "failed: ";
  private static final Duration POLL = Duration.ofMillis(10);

  /** How long others may still fail, to be reported with the first. */
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(2);

  private final BundleHost host;
  private final List<String> expected;

  Startup(BundleHost host, List<String> expected) {
    this.host = host;
    this.expected = List.copyOf(expected);
  }

  /**
   * Starts the bundles and waits until every component is ready.
   *
   * @return what each component answered, by its name
   * @throws StartFailure with a sentence for each component and bundle that failed; when none did,
   *     for each that is not ready at the deadline
   */
  Map<String, String> await(Duration deadline) throws StartFailure, InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    boolean failing = false;
    // In a thread of its own: a bundle that hangs in its start must not hang the deadline.
    List<Throwable> fault = new CopyOnWriteArrayList<>();
    Thread starter = Thread.ofPlatform().daemon().name("framework-start").start(() -> start(fault));
    while (true) {
      boolean started = starter.join(POLL);
      Answers answers = ask();
      if (started && !failing && !answers.failed().isEmpty()) {
        // Each bundle has had its turn to say what is wrong, however slow the machine. What waits
        // for the failed one never gets ready: no need to see the deadline.
        failing = true;
        end = Math.min(end, System.nanoTime() + AFTER_A_FAILURE.toNanos());
      }
      if ((started && answers.starting().isEmpty()) || System.nanoTime() - end >= 0) {
        List<String> problems = problems(answers, started, deadline);
        fault.forEach(f -> problems.add("The OSGi framework did not start: " + f + "."));
        if (!problems.isEmpty()) {
          throw new StartFailure(problems);
        }
        return answers.ready();
      }
      Thread.sleep(POLL);
    }
  }

  /** The fault is handed to the waiting thread, which joins this one. */
  private void start(List<Throwable> fault) {
    try {
      host.start();
    } catch (Exception e) {
      fault.add(e);
    }
  }

  private record Answers(
      TreeMap<String, String> ready, TreeMap<String, String> failed, TreeSet<String> starting) {}

  private Answers ask() {
    Answers answers = new Answers(new TreeMap<>(), new TreeMap<>(), new TreeSet<>(expected));
    BundleContext context = host.context();
    try {
      for (ServiceReference<?> reference : references(context)) {
        String name = String.valueOf(reference.getProperty(PROPERTY));
        Object service = context.getService(reference);
        if (service instanceof Supplier<?> supplier) {
          sort(name, answer(supplier), answers);
          context.ungetService(reference);
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
    return answers;
  }

  private static ServiceReference<?>[] references(BundleContext context)
      throws InvalidSyntaxException {
    ServiceReference<?>[] found =
        context.getAllServiceReferences(Supplier.class.getName(), "(" + PROPERTY + "=*)");
    return found == null ? new ServiceReference<?>[0] : found;
  }

  private static String answer(Supplier<?> supplier) {
    try {
      return String.valueOf(supplier.get());
    } catch (RuntimeException e) {
      return FAILED + "its startup report threw " + e;
    }
  }

  private static void sort(String name, String answer, Answers answers) {
    if (answer.isEmpty()) {
      answers.starting().add(name);
      return;
    }
    answers.starting().remove(name);
    if (answer.startsWith(FAILED)) {
      answers.failed().put(name, answer.substring(FAILED.length()));
    } else {
      answers.ready().put(name, answer);
    }
  }

  private List<String> problems(Answers answers, boolean started, Duration deadline) {
    List<String> problems = new ArrayList<>();
    // One component may have found several things wrong, a line each.
    answers.failed().values().forEach(said -> said.lines().forEach(problems::add));
    problems.addAll(host.notStarted(started));
    if (problems.isEmpty()) {
      String late = " after " + deadline.toSeconds() + " s.";
      answers.starting().forEach(c -> problems.add("The component " + c + " was not ready" + late));
      if (!started && problems.isEmpty()) {
        problems.add("The bundles had not started" + late);
      }
    }
    return problems;
  }
}
