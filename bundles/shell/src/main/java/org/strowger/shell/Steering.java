package org.strowger.shell;

import java.util.List;
import org.strowger.api.AdminState;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.Snapshot;

/** {@code set weight}, {@code drain} and {@code resume}: changes of single keys. */
final class Steering {
  private static final List<String> KINDS = List.of("service", "real-server", "pool");

  private final Door door;

  Steering(Door door) {
    this.door = door;
  }

  List<Command> commands() {
    return List.of(
        new Command(
            "set",
            "weight POOL/REAL N",
            "sets the share of new connections a real server gets, 0 to 65535; 0 quiesces it",
            this::set,
            this::setCandidates),
        steer("drain", "lets it finish its connections and gives it no new ones", AdminState.DRAIN),
        steer("resume", "gives it new connections again", AdminState.IN_SERVICE));
  }

  private Command steer(String word, String help, AdminState state) {
    return new Command(
        word,
        String.join("|", KINDS) + " NAME",
        help,
        request -> steer(request, state),
        this::steerCandidates);
  }

  private Output set(Request request) {
    request.atMost(3);
    String what = request.word(0, "weight");
    if (!what.equals("weight")) {
      throw CommandFailure.usage("'" + what + "': expected weight");
    }
    String real = request.word(1, "POOL/REAL");
    long weight = request.number(2, "a whole number, 0 to 65535");
    KeyPath path = KeyPath.realServer(Known.realServer(door.snapshot(), real), "weight");
    return door.apply(request, new Change.Put(path, weight));
  }

  private Output steer(Request request, AdminState state) {
    request.atMost(2);
    String kind = request.word(0, String.join(", ", KINDS));
    String name = request.word(1, "the name of the " + kind);
    KeyPath path =
        switch (kind) {
          case "service" ->
              KeyPath.virtualService(Known.service(door.snapshot(), name).name(), "adminState");
          case "real-server" ->
              KeyPath.realServer(Known.realServer(door.snapshot(), name), "adminState");
          case "pool" -> KeyPath.pool(Known.pool(door.snapshot(), name).name(), "adminState");
          default ->
              throw CommandFailure.usage("'" + kind + "': expected " + String.join(", ", KINDS));
        };
    return door.apply(request, new Change.Put(path, state.word()));
  }

  private List<String> setCandidates(List<String> words) {
    return switch (words.size()) {
      case 0 -> List.of("weight");
      case 1 -> Known.realServers(door.snapshot());
      default -> List.of();
    };
  }

  private List<String> steerCandidates(List<String> words) {
    if (words.isEmpty()) {
      return KINDS;
    }
    Snapshot snapshot = door.snapshot();
    return switch (String.join(" ", words)) {
      case "service" -> Known.services(snapshot);
      case "real-server" -> Known.realServers(snapshot);
      case "pool" -> Known.pools(snapshot);
      default -> List.of();
    };
  }
}
