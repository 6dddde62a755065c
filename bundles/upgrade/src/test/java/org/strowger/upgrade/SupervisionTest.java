package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.service.FindHook;
import org.strowger.api.BundleInventory.Updated;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;

/** Plug-ins that die, vanish and hoard, in a real framework with short windows. */
class SupervisionTest {
  private static final String NAME = "org.strowger.sample";
  private static final String TEXT = Supervision.KEY + NAME;

  @TempDir Path folder;

  private TestFramework felix;

  @BeforeEach
  void open() throws Exception {
    felix =
        new TestFramework(
            folder,
            false,
            Map.of(
                "strowger.supervision.holdSeconds", "1",
                "strowger.supervision.graceSeconds", "1",
                "strowger.supervision.componentRestarts", "1",
                "strowger.supervision.bundleRestarts", "1"));
  }

  @AfterEach
  void close() throws Exception {
    felix.close();
  }

  private String told() throws Exception {
    return felix.keeper(Map.of(Keeper.WORD, Words.STATUS)).getOrDefault(TEXT, "");
  }

  private void awaitTold(String text) {
    TestFramework.await(text, () -> toldNow().contains(text));
  }

  private String toldNow() {
    try {
      return told();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A plug-in whose component, each time it is made, counts and may report and die. */
  private Path plugIn(String version, String statements) throws Exception {
    return new TestBundle(NAME, version)
        .header("Strowger-Upgrade-Class", "plugin")
        .header("Service-Component", "OSGI-INF/part.xml")
        .entry(
            "OSGI-INF/part.xml",
            """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="part"
                immediate="true" activate="start">
              <implementation class="sample.Part"/>
            </scr:component>
            """)
        .source(
            "sample.Part",
            """
            package sample;
            import java.util.*;
            import java.util.function.Supplier;
            import org.osgi.framework.*;
            public class Part {
              static int loaded;
              final List<Object> hoard = new ArrayList<>();
              public void start(BundleContext context) {
                int made = Integer.getInteger("sample.made", 0) + 1;
                System.setProperty("sample.made", "" + made);
                System.setProperty("sample.loaded", "" + ++loaded);
                Supplier<String> report = () -> "ready";
                Hashtable<String, Object> p = new Hashtable<>();
                p.put("strowger.startup", "sample");
                ServiceRegistration<?> r = context.registerService(Supplier.class, report, p);
                Hashtable<String, Object> d = new Hashtable<>();
                d.put("die", made);
                context.registerService(Runnable.class, (Runnable) r::unregister, d);
                %s
              }
            }
            """
                .formatted(statements))
        .write(folder.resolve("sample" + version + ".jar"));
  }

  private int made() {
    return Integer.getInteger("sample.made", 0);
  }

  /** The component that was made as this one; what earlier ones offered may be there still. */
  private void die(int made) throws Exception {
    TestFramework.await("it can die", () -> canDie(made));
    awaitSeen();
    var found = felix.context().getServiceReferences(Runnable.class, "(die=" + made + ")");
    felix.context().getService(found.iterator().next()).run();
  }

  /** The keeper has seen it with its component: what was never there is not missed. */
  private void awaitSeen() {
    AtomicInteger looks = new AtomicInteger();
    FindHook hook =
        (context, name, filter, all, found) -> {
          if (filter != null
              && filter.contains(Gate.STARTUP)
              && found.stream().anyMatch(this::of)) {
            looks.incrementAndGet();
          }
        };
    ServiceRegistration<FindHook> hooked =
        felix.context().registerService(FindHook.class, hook, null);
    try { // one look has ended when the next one begins
      TestFramework.await("it is seen", () -> looks.get() >= 2);
    } finally {
      hooked.unregister();
    }
  }

  private boolean of(ServiceReference<?> report) {
    Bundle bundle = report.getBundle();
    return bundle != null && NAME.equals(bundle.getSymbolicName());
  }

  private boolean canDie(int made) {
    try {
      return !felix.context().getServiceReferences(Runnable.class, "(die=" + made + ")").isEmpty();
    } catch (org.osgi.framework.InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aPlugInWhoseComponentDiesIsRestartedThenShutOutUntilAnotherVersionComes() throws Exception {
    System.clearProperty("sample.made");
    Bundle bundle = felix.install(plugIn("1.0.0", ""));
    bundle.start();
    TestFramework.await("it is made", () -> made() == 1);
    die(1);
    awaitTold("component restarted 1x: its component sample is gone");
    TestFramework.await("made anew", () -> made() == 2);
    assertEquals("2", System.getProperty("sample.loaded"), "of the same class");
    die(2);
    awaitTold("component restarted 1x, bundle restarted 1x");
    TestFramework.await("made anew", () -> made() == 3);
    assertEquals("1", System.getProperty("sample.loaded"), "of a class that was loaded anew");
    die(3);
    awaitTold("shut out until another version comes: its component sample is gone");
    TestFramework.await("it is stopped", () -> bundle.getState() == Bundle.RESOLVED);
    assertEquals(3, made());

    Updated updated =
        felix
            .inventory()
            .update(plugIn("1.1.0", ""), new Origin(OriginKind.SHELL, "noc", "local socket"));
    assertInstanceOf(Updated.Done.class, updated, updated.toString());
    TestFramework.await("the next version is made", () -> made() == 4);
    TestFramework.await("it is forgiven", () -> toldNow().isEmpty());
    assertEquals(Bundle.ACTIVE, felix.named(NAME).getFirst().getState());
  }

  @Test
  void aPlugInThatDoesNotStartIsTriedAndShutOut() throws Exception {
    Bundle bundle =
        felix.install(
            new TestBundle(NAME, "1.0.0")
                .starts("if (true) throw new IllegalStateException(\"no luck\");")
                .write(folder.resolve("down.jar")));
    try {
      bundle.start();
    } catch (org.osgi.framework.BundleException expected) {
      assertTrue(expected.getCause().getMessage().contains("no luck"));
    }

    awaitTold(
        "restart of the bundle failed 1x, shut out until another version comes: it does not run");
  }

  @Test
  void aPlugInWhoseThreadsDieIsRestarted() throws Exception {
    System.clearProperty("sample.made");
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(this::died); // as the launcher does
    try {
      felix
          .install(
              plugIn(
                  "1.0.0",
                  "if (made == 1) new Thread(() -> { throw new IllegalStateException(\"ouch\"); })"
                      + ".start();"))
          .start();

      awaitTold("component restarted 1x: its thread Thread-");
      assertTrue(told().endsWith("died: java.lang.IllegalStateException: ouch"), told());
      TestFramework.await("made anew", () -> made() == 2);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private void died(Thread thread, Throwable fault) {
    try {
      var found =
          felix
              .context()
              .getServiceReferences(BiConsumer.class, "(" + DeadThreads.PROPERTY + "=true)");
      @SuppressWarnings("unchecked") // the contract of the keeper
      BiConsumer<Thread, Throwable> told =
          (BiConsumer<Thread, Throwable>) felix.context().getService(found.iterator().next());
      told.accept(thread, fault);
    } catch (org.osgi.framework.InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoHoardsIsSeenInTheHeap() throws Exception {
    Bundle bundle =
        felix.install(
            plugIn("1.0.0", "for (int i = 0; i < 300_000; i++) { hoard.add(new Part()); }"));
    bundle.start();

    HeapSuspect all = new HeapSuspect(felix.context(), each -> each.getBundleId() != 0);
    HeapSuspect.Suspect found = all.find(HeapSuspect.HOARD).orElseThrow();
    assertEquals(bundle, found.bundle());
    assertTrue(found.bytes() >= HeapSuspect.HOARD, found.toString());
    assertEquals(Optional.empty(), all.find(found.bytes() * 6), "a sixth is nobody's hoard");
    HeapSuspect other = new HeapSuspect(felix.context(), each -> !each.equals(bundle));
    assertNotEquals(
        bundle, other.find(HeapSuspect.HOARD).map(HeapSuspect.Suspect::bundle).orElse(null));
  }

  @Test
  void memoryThatNobodyGivesBackEndsTheProcessIfSomethingStartsItAgain() throws Exception {
    List<Map<String, String>> asked = new CopyOnWriteArrayList<>();
    Function<Map<String, String>, Map<String, String>> launcher =
        request -> {
          asked.add(request);
          return Map.of();
        };
    felix
        .context()
        .registerService(
            Function.class,
            launcher,
            FrameworkUtil.asDictionary(Map.of(HandsOf.PROCESS, "restart")));
    HandsOf hands = new HandsOf(felix.context());
    assertEquals("restart", hands.supervisor());
    assertEquals("", hands.ends("restart", "process: it is full"));
    assertEquals("process: it is full", asked.getFirst().get(Words.WHY));
    assertEquals("restart", asked.getFirst().get(Hands.WORD));
  }
}
