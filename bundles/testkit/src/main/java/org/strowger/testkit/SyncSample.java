package org.strowger.testkit;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;

/** One other director that connections are told to, with everything that can be known of it. */
public final class SyncSample implements ConnectionSync {
  private static final InetAddress OTHER = InetAddress.ofLiteral("10.0.0.2");

  public static final Sync WANTED =
      new Sync(
          Optional.of(InetAddress.ofLiteral("10.0.0.1")),
          Sync.PORT,
          Optional.of(Path.of("sync.key")),
          Map.of("lab-2", new Sync.Peer("lab-2", OTHER, Sync.PORT)),
          Duration.ofSeconds(2),
          100);

  /** The copy from it is not complete yet. */
  @Override
  public SyncState state() {
    SyncState.Peer peer =
        new SyncState.Peer(
            "lab-2",
            OTHER,
            true,
            Instant.parse("2026-11-22T08:00:00Z"),
            "0.1.0",
            SyncState.Bulk.DONE,
            SyncState.Bulk.RUNNING,
            Optional.empty(),
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            9,
            10,
            11,
            12,
            13,
            14,
            9_950);
    return new SyncState(true, Optional.empty(), 200, 40, new TreeMap<>(Map.of("lab-2", peer)));
  }
}
