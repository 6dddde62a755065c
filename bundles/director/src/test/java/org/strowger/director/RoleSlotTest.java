package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.RoleHolder;
import org.strowger.api.Subscription;

/** An operator's word and the bundle that carries it out, which may be replaced at any time. */
class RoleSlotTest {
  private final RoleSlot slot = new RoleSlot(() -> {});

  /** One that answers as it is told to, and remembers what it was asked. */
  private static final class Holder implements RoleHolder {
    final List<FailoverCommand> asked = new ArrayList<>();
    private final Supplier<Optional<String>> answer;

    Holder(Supplier<Optional<String>> answer) {
      this.answer = answer;
    }

    @Override
    public DirectorRole role() {
      return DirectorRole.ACTIVE;
    }

    @Override
    public FailoverState report() {
      return FailoverState.ALONE;
    }

    @Override
    public Optional<String> command(FailoverCommand command, String instance) {
      asked.add(command);
      return answer.get();
    }

    @Override
    public Subscription onChange(Runnable changed) {
      return () -> {};
    }
  }

  private final Holder successor = new Holder(Optional::empty);

  @Test
  void aWordGivenWhileTheBundleIsAwayWaitsForItsSuccessor() throws Exception {
    Holder first = new Holder(Optional::empty);
    slot.came(first);
    slot.went(first);
    CompletableFuture<Optional<String>> answer =
        CompletableFuture.supplyAsync(() -> slot.command(FailoverCommand.FORCE_STANDBY, ""));
    slot.came(successor);
    assertEquals(Optional.empty(), answer.get(30, TimeUnit.SECONDS));
    assertEquals(List.of(FailoverCommand.FORCE_STANDBY), successor.asked);
    assertEquals(List.of(), first.asked);
  }

  @Test
  void aWordThatTheOneThatStopsRefusesIsGivenToItsSuccessor() {
    List<Holder> stopping = new ArrayList<>();
    Holder first =
        new Holder(
            () -> {
              slot.went(stopping.getFirst());
              slot.came(successor);
              return Optional.of("just stopping");
            });
    stopping.add(first);
    slot.came(first);
    assertEquals(Optional.empty(), slot.command(FailoverCommand.RELEASE, ""));
    assertEquals(List.of(FailoverCommand.RELEASE), successor.asked);
  }

  @Test
  void aRefusalOfTheOneThatStaysIsTheAnswer() {
    slot.came(new Holder(() -> Optional.of("it is not active")));
    assertEquals(Optional.of("it is not active"), slot.command(FailoverCommand.SWITCH, "gate"));
  }

  @Test
  void whereTheBundleNeverWasTheAnswerSaysSo() {
    String why = slot.command(FailoverCommand.SWITCH, "").orElseThrow();
    assertTrue(why.contains("org.strowger.failover is not there"), why);
  }
}
