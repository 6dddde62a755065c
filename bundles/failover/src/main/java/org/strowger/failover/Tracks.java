package org.strowger.failover;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.SwitchReason;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpTrack;

/** What instances depend on, and what that means for each. Of the thread failover. */
final class Tracks implements AutoCloseable {
  private final Looks looks;
  private final Map<String, Track> tracks = new HashMap<>();
  private final Duty duty = new Duty();

  /**
   * @param state the state folder, which relative files are in
   */
  Tracks(Path state) {
    looks = new Looks(state);
  }

  /** Whether a look now needs to know the devices. */
  boolean asksForDevices(Vrrp wanted, long now) {
    return wanted.tracks().values().stream()
        .filter(each -> each.subject() instanceof VrrpTrack.Subject.Device)
        .anyMatch(
            each -> {
              Track track = tracks.get(each.name());
              return track == null || !track.wanted().equals(each) || track.due(now);
            });
  }

  /** Looks at what is due, and says what all of it means for each instance. */
  Map<String, Burden> look(Vrrp wanted, Around around, long now) {
    tracks.keySet().retainAll(wanted.tracks().keySet());
    for (VrrpTrack each : wanted.tracks().values()) {
      Track track = tracks.get(each.name());
      if (track == null || !track.wanted().equals(each)) {
        track = new Track(each);
        tracks.put(each.name(), track);
      }
      track.look(looks, around, now);
    }
    duty.retain(wanted.instances().keySet());
    Map<String, Burden> burdens = new HashMap<>();
    wanted
        .instances()
        .values()
        .forEach(each -> burdens.put(each.name(), burden(each, around, now)));
    return burdens;
  }

  private Burden burden(VrrpInstance wanted, Around around, long now) {
    int lowers = 0;
    boolean known = true;
    List<String> failed = new ArrayList<>();
    List<String> why = new ArrayList<>();
    Optional<Burden.Hindrance> hindrance = Optional.empty();
    for (Map.Entry<String, Integer> each : wanted.tracks().entrySet()) {
      Track track = tracks.get(each.getKey());
      known &= track != null && track.known();
      if (track == null || !track.fails()) {
        continue;
      }
      String text = "track " + each.getKey() + ": " + track.text();
      failed.add(each.getKey());
      why.add(text);
      lowers += each.getValue();
      if (each.getValue() == 0 && hindrance.isEmpty()) {
        hindrance = Optional.of(new Burden.Hindrance(SwitchReason.TRACK, text));
      }
    }
    if (wanted.duty()) {
      Duty.Judgement judgement = duty.judge(wanted, around, now);
      known &= judgement != Duty.Judgement.UNKNOWN;
      if (judgement == Duty.Judgement.BAD) {
        hindrance = Optional.of(new Burden.Hindrance(SwitchReason.DUTY, Duty.TEXT));
      }
    }
    return new Burden(lowers, hindrance, known, failed, String.join("; ", why), around.behind());
  }

  @Override
  public void close() {
    looks.close();
  }
}
