package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.Vrrp;

/** The service as the director knows it, on a machine that is alone on its link. */
class FailoverServiceTest {
  private static final String ALONE = "this director is alone: no VRRP instance is configured";

  @TempDir private Path state;

  private final QuietKernel kernel = new QuietKernel();

  private FailoverService service() {
    FailoverService service = new FailoverService(state);
    service.start();
    service.came(kernel.network(), kernel);
    service.expect(
        new Vrrp(
            Map.of(
                Station.NAME,
                new Station.Wish(3, false, 255, true, java.time.Duration.ofMillis(100)).at("eth1")),
            Map.of()));
    return service;
  }

  private static void await(FailoverService service, DirectorRole role) throws Exception {
    Pair.await(role.word(), () -> service.role() == role, () -> service.report().toString());
  }

  @Test
  void aWordGivenWhileTheThreadIsExchangedIsCarriedOutByTheNextOne() throws Exception {
    try (FailoverService service = service()) {
      await(service, DirectorRole.ACTIVE);
      QuietKernel next = new QuietKernel();
      next.mayClose.countDown();
      service.came(next.network(), next); // the bundle linux was updated
      assertTrue(kernel.closing.await(30, TimeUnit.SECONDS), "the thread is exchanged");
      CompletableFuture<Optional<String>> answer =
          CompletableFuture.supplyAsync(() -> service.command(FailoverCommand.FORCE_STANDBY, ""));
      kernel.mayClose.countDown();
      assertEquals(Optional.empty(), answer.get(30, TimeUnit.SECONDS));
      await(service, DirectorRole.BACKUP);
      assertTrue(service.report().instances().get(Station.NAME).forcedStandby());
    }
  }

  @Test
  void theSameServicesOfTheKernelOnceMoreExchangeNothing() throws Exception {
    kernel.mayClose.countDown();
    try (FailoverService service = service()) {
      await(service, DirectorRole.ACTIVE);
      service.came(kernel.network(), null);
      service.came(null, kernel);
      assertEquals(Optional.empty(), service.command(FailoverCommand.RELEASE, ""));
      assertEquals(1, kernel.closing.getCount(), "nothing was closed");
    }
  }

  @Test
  void whoeverIsReplacedBeforeItBeganHandsOverWhatItWasHanded() throws Exception {
    kernel.mayClose.countDown();
    FailoverService first = service();
    await(first, DirectorRole.ACTIVE);
    first.replaced();
    FailoverService second = new FailoverService(state); // no kernel yet
    second.start();
    second.replaced();
    FailoverService third = service();
    await(third, DirectorRole.ACTIVE);
    assertEquals(
        org.strowger.api.SwitchReason.UPGRADE,
        third.report().instances().get(Station.NAME).reason());
    third.close();
  }

  @Test
  void aDirectorThatIsAloneSaysSo() {
    kernel.mayClose.countDown();
    try (FailoverService service = service()) {
      service.expect(Vrrp.NONE);
      assertEquals(Optional.of(ALONE), service.command(FailoverCommand.SWITCH, ""));
    }
  }
}
