package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;

/** A plane whose bundle was exchanged comes while the director is just at work. */
@Timeout(120)
class PlaneThatComesTest {
  @Test
  void itIsNeverToldAnEmptyTableWhichWouldCloseWhatListens() throws Exception {
    DirectorService director = new DirectorService(InstantSource.system());
    MemoryPlane other = new MemoryPlane();
    other.methods = Set.of(ForwardingMethod.DIRECT);
    MemoryPlane relay = new MemoryPlane();
    director.control().storeIs(new MemoryStore());
    director.control().forwarders().came(other);
    director.start();
    try {
      assertInstanceOf(
          ChangeResult.Committed.class,
          director
              .apply(
                  ChangeSet.of(
                      new Origin(OriginKind.FILE, "root", "test"),
                      new Change.ImportFile(
                          "director.yaml",
                          "1",
                          DirectorServiceTest.file(1, 1),
                          Map.of(),
                          List.of())))
              .toCompletableFuture()
              .get(60, TimeUnit.SECONDS));
      AtomicBoolean came = new AtomicBoolean();
      other.whenRemembering =
          () -> {
            // In the midst of a round: the services are divided, nothing is told yet.
            if (Thread.currentThread().getName().equals("director") && !came.getAndSet(true)) {
              director.control().forwarders().came(relay);
            }
          };
      director.wake();

      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!relay.services().contains("web")) {
        assertTrue(System.nanoTime() < deadline, "it is told its table");
        Thread.sleep(5);
      }
      assertEquals(List.of(), relay.told.stream().filter(services -> services == 0).toList());
    } finally {
      director.stop();
    }
  }
}
