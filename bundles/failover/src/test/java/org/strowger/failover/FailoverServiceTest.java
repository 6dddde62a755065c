package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.KernelException;
import org.strowger.api.Snapshot;
import org.strowger.api.SwitchReason;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstanceState;
import org.strowger.api.VrrpPackets;
import org.strowger.testkit.FailoverSample;
import org.strowger.testkit.FakeDirector;

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
                new Station.Wish(3, false, 255, true, Duration.ofMillis(100)).at("eth1")),
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
  void whatWaitsToBeReadCountsBeforeTheTimeThatWentBy() throws Exception {
    kernel.mayClose.countDown();
    Station.Wish wish = new Station.Wish(3, false, 100, true, Duration.ofMillis(500));
    VrrpThread thread =
        new VrrpThread(kernel.network(), kernel, VrrpThread.Before.NOTHING, () -> {});
    try (thread) {
      InetAddress peer = InetAddress.ofLiteral("10.0.1.2");
      InetAddress group = InetAddress.ofLiteral("224.0.0.18");
      Advert advert = new Advert(3, 77, 150, 50 * Advert.CENTISECOND, wish.at("eth1").addresses());
      VrrpPackets.Packet packet =
          new VrrpPackets.Packet(
              1, peer, group, 255, ByteBuffer.wrap(AdvertCodec.write(advert, peer, group, true)));
      CountDownLatch late = new CountDownLatch(1);
      // The other one goes on, and this one has no processor for longer than it would wait.
      kernel.held =
          () -> {
            if (thread.state().instances().isEmpty()) {
              return; // it has not begun
            }
            if (late.getCount() > 0) {
              LockSupport.parkNanos(Duration.ofMillis(2_500).toNanos());
            }
            kernel.heard.add(packet);
            late.countDown();
          };
      thread.want(new Vrrp(Map.of(Station.NAME, wish.at("eth1")), Map.of()), Set.of(), Set.of());
      assertTrue(late.await(60, TimeUnit.SECONDS), "it was held up");
      Pair.await(
          "what it heard",
          () -> {
            VrrpInstanceState now = thread.state().instances().get(Station.NAME);
            return now != null && now.counters().advertsReceived() > 2;
          },
          () -> thread.state().toString());
      VrrpInstanceState now = thread.state().instances().get(Station.NAME);
      assertEquals(0, now.transitions(), now.toString());
      assertEquals(DirectorRole.BACKUP, now.role());
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
    assertEquals(SwitchReason.UPGRADE, third.report().instances().get(Station.NAME).reason());
    third.close();
  }

  @Test
  void whatMovedIsKnownAfterARestart() throws Exception {
    kernel.mayClose.countDown();
    try (FailoverService first = service()) {
      await(first, DirectorRole.ACTIVE);
      List<FailoverState.Switch> moved = first.report().switches();
      assertEquals(1, moved.size(), moved.toString());
      assertTrue(moved.getFirst().durationMillis() < 60_000, moved.toString());
    }
    try (FailoverService second = service()) {
      await(second, DirectorRole.ACTIVE);
      List<FailoverState.Switch> moved = second.report().switches();
      assertEquals(List.of(3L, 2L, 1L), moved.stream().map(FailoverState.Switch::number).toList());
      assertEquals(SwitchReason.USER, moved.get(1).reason(), "it stopped");
    }
  }

  @Test
  void ofADamagedHistoryTheRestIsKnown() throws Exception {
    Files.writeString(
        state.resolve("failover.switches"),
        """
        7 2026-11-23T10:00:00Z gate active backup user - 3
        six of eight words, none of them right
        5 2026-11-23T09:00:00Z gate backup active peerLost 10.77.0.2 12
        """);
    List<FailoverState.Switch> read = new History(state).read();
    assertEquals(List.of(7L, 5L), read.stream().map(FailoverState.Switch::number).toList());
    assertEquals(SwitchReason.PEER_LOST, read.get(1).reason());
  }

  private static DirectorEvent committed(FakeDirector director) {
    Snapshot now = director.snapshot();
    return new DirectorEvent.RevisionCommitted(
        now.lastRevision().orElseThrow(), now.configuration());
  }

  @Test
  void whatTheDirectorExpectsIsNewerThanItsLastMomentAndWhatItTellsLate() throws Exception {
    kernel.mayClose.countDown();
    FakeDirector director = new FakeDirector("a"); // alone as far as its snapshot knows
    try (FailoverService service = service()) {
      service.attach(director);
      await(service, DirectorRole.ACTIVE);
      director.tell(committed(director));
      assertEquals(Optional.empty(), service.command(FailoverCommand.RELEASE, ""));
      assertEquals(DirectorRole.ACTIVE, service.role());
    }
  }

  @Test
  void aLateEventPutsNoOlderConfigurationBack() {
    FakeDirector director = new FakeDirector("a");
    DirectorEvent late = committed(director);
    try (FailoverService service = new FailoverService(state)) {
      service.start();
      service.attach(director);
      assertEquals(Optional.of(ALONE), service.command(FailoverCommand.SWITCH, ""));
      director.standForOthers();
      director.tell(late);
      assertEquals(
          Optional.of("the bundle org.strowger.linux is not there: start it"),
          service.command(FailoverCommand.SWITCH, ""));
    }
  }

  @Test
  void aKernelThatRefusesAgainAndAgainTakesOneSession() throws Exception {
    Semaphore asked = new Semaphore(0);
    VrrpPackets refusing =
        new VrrpPackets() {
          @Override
          public Optional<String> unavailable() {
            return Optional.empty();
          }

          @Override
          public Link open() throws KernelException {
            asked.release();
            throw new KernelException("no sockets are left", 24);
          }
        };
    try (FailoverService service = new FailoverService(state)) {
      service.start();
      service.came(kernel.network(), refusing);
      service.expect(FailoverSample.WANTED);
      assertTrue(asked.tryAcquire(2, 30, TimeUnit.SECONDS));
      String session = Files.readString(state.resolve("failover.heard"));
      assertTrue(asked.tryAcquire(2, 30, TimeUnit.SECONDS));
      assertEquals(session, Files.readString(state.resolve("failover.heard")));
    }
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
