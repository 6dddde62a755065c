package org.strowger.testkit;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.Origin;
import org.strowger.api.UpgradeClass;
import org.strowger.api.UpgradeRecord;
import org.strowger.api.UpgradeRequest;
import org.strowger.api.UpgradeResult;
import org.strowger.api.UpgradeState;
import org.strowger.api.UpgradeStatus;
import org.strowger.api.UpgradeStep;
import org.strowger.api.UpgradeStepState;

/** An upgrade that goes from state to state as it is asked, and exchanges nothing. */
public final class FakeUpgrade implements InServiceUpgrade {
  /** Who asked for what. */
  public final List<String> requests = new CopyOnWriteArrayList<>();

  public volatile UpgradeState state = UpgradeState.STAGED;

  @Override
  public UpgradeStatus status() {
    Instant then = Instant.parse("2026-11-23T10:00:00Z");
    return new UpgradeStatus(
        state,
        "strowger",
        "0.1.0",
        "0.2.0",
        UpgradeClass.STATEFUL,
        "publisher",
        1,
        1,
        "1 of 1: org.strowger.snmp 0.2.0",
        then,
        state == UpgradeState.TRIAL ? 600 : 0,
        "ready",
        "",
        "",
        3,
        120,
        List.of(
            new UpgradeStep(
                1,
                List.of("org.strowger.snmp 0.1.0 -> 0.2.0"),
                0,
                UpgradeClass.PLUGIN,
                200,
                "polls are not answered for about 200 ms",
                120,
                UpgradeStepState.DONE)),
        List.of(
            new UpgradeRecord(
                1,
                then,
                then.plusSeconds(30),
                "0.0.9",
                "0.1.0",
                UpgradeClass.STATEFUL,
                UpgradeResult.COMMITTED,
                "noc",
                "",
                0,
                150)));
  }

  @Override
  public UpgradeAnswer request(UpgradeRequest request, Origin origin) {
    requests.add(origin.user() + " " + request.getClass().getSimpleName());
    state =
        switch (request) {
          case UpgradeRequest.Activate _ -> UpgradeState.TRIAL;
          case UpgradeRequest.Commit _ -> UpgradeState.COMMITTED;
          case UpgradeRequest.Rollback _ -> UpgradeState.ROLLED_BACK;
          case UpgradeRequest.Clear _ -> UpgradeState.IDLE;
          case UpgradeRequest.Check _, UpgradeRequest.Stage _ -> UpgradeState.STAGED;
        };
    return new UpgradeAnswer.Accepted("done");
  }
}
