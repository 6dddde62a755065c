package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.named;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.time.Duration;
import java.util.List;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.InitState;
import org.strowger.api.OnDown;

/** The part of the {@link Shape} that is about pools and real servers. */
final class PoolShape {
  private PoolShape() {}

  static Key.Branch pool() {
    return branch(
        "A pool.",
        "adminState",
        Shape.adminState(),
        "minUp",
        withDefault(
            Type.integer(1, Shape.MAX_REAL_SERVERS, "real servers"),
            1L,
            "While fewer of the larger priorities are up, the next priority joins."),
        "slowStart",
        withDefault(
            Type.duration(Duration.ZERO, Duration.ofHours(1)),
            "0s",
            "Time in which one that came back gets its whole weight; 0s: at once."),
        "panicThreshold",
        withDefault(
            Type.integer(0, 100, "percent"),
            0L,
            "If a smaller share is up all are used, healthy or not; 0: never."),
        "checks",
        withDefault(
            Type.names("health checks", Shape.MAX_CHECKS_OF_POOL),
            List.of(),
            "Health checks done for each real server."),
        "checksRequired",
        withDefault(
            Type.integer(0, Shape.MAX_CHECKS_OF_POOL, "checks"), 0L, "So many must pass; 0: all."),
        "initState",
        withDefault(Type.word(InitState.class), "up", "Until its checks have a first verdict."),
        "onDown",
        withDefault(
            Type.word(OnDown.class),
            "keep",
            "Live connections of one that went down; drainThenReset: cut after timeouts.drain."),
        "manualResume",
        withDefault(Type.yesOrNo(), false, "One that went down stays down until resumed by hand."),
        "quorum",
        withDefault(HealthShape.liveWeight(), 0L, "Live weight the pool needs; 0: none."),
        "quorumHysteresis",
        withDefault(
            HealthShape.liveWeight(),
            0L,
            "Lost below quorum minus this, back from quorum plus this."),
        "hooks",
        HookShape.names("for what happens to it and its real servers."),
        "outlier",
        HealthShape.outlier(),
        "damping",
        HealthShape.damping(),
        "realServers",
        named(
            "Its real servers, in the order that schedulers see.", Shape.MAX_REAL_SERVERS, real()));
  }

  private static Key.Branch real() {
    return branch(
        "A real server.",
        "address",
        required(Type.address(), "Where it is reached."),
        "port",
        required(Type.realPort(), "Port it listens on, or same: the one of the client."),
        "weight",
        withDefault(
            Type.integer(0, 65535, "weight"), 1L, "Share of new connections; 0 quiesces it."),
        "priority",
        withDefault(
            Type.integer(0, 65535, "priority"), 0L, "The largest serve; smaller ones stand by."),
        "zone",
        optional(Type.name("a zone"), "Where it stands."),
        "upperThreshold",
        withDefault(
            Shape.count("connections"), 0L, "Connections held at once, at most; 0: no threshold."),
        "lowerThreshold",
        withDefault(
            Shape.count("connections"),
            0L,
            "Once full it takes new ones below this; 0: three quarters of upperThreshold."),
        "track",
        optional(Type.realServer(), "While that one is down or drained, so is this one."),
        "adminState",
        Shape.adminState(),
        "forwarding",
        optional(
            Type.word(ForwardingMethod.class),
            "How connections reach it; without it as the virtual service says."));
  }
}
