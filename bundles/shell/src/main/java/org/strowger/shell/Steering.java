package org.strowger.shell;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.strowger.api.AdminState;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.RealServerId;
import org.strowger.api.Snapshot;

/** {@code set}, {@code unset}, {@code drain} and {@code resume}: changes of single keys. */
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
            "weight POOL/REAL N, or KEY VALUE" + History.OPTIONS,
            "sets the share of new connections a real server gets, 0 to 65535 (0 quiesces it), or"
                + " any key of the configuration: set virtualServices.web.limits.connections 100",
            request -> set(request.withOptions()),
            this::setCandidates),
        new Command(
            "unset",
            "KEY",
            "removes a key of the configuration, so that its default rules: unset"
                + " virtualServices.web.backupPool",
            this::unset,
            words -> words.isEmpty() ? Keys.known(door.snapshot()) : List.of()),
        steer("drain", "lets it finish its connections and gives it no new ones", AdminState.DRAIN),
        steer(
            "resume",
            "gives it new connections again; a real server also that is held down though it is"
                + " healthy (manual resume, damping, ejection)",
            AdminState.IN_SERVICE));
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
    String what = request.word(0, "weight, or a key of the configuration");
    if (!what.equals("weight")) {
      return setKey(request, what);
    }
    request.atMost(3);
    String real = request.word(1, "POOL/REAL");
    long weight = request.number(2, "a whole number, 0 to 65535");
    KeyPath path = KeyPath.realServer(Known.realServer(door.snapshot(), real), "weight");
    return door.apply(request, new Change.Put(path, weight));
  }

  /** Whether there is such a key, and whether the value fits, is the director's to say. */
  private Output setKey(Request request, String key) {
    KeyPath path = Keys.path(key);
    if (path.keys().size() < 2) {
      throw CommandFailure.usage(
          "'" + key + "': expected weight, or a key such as virtualServices.web.limits.rate");
    }
    request.word(1, "the value of " + path);
    String typed = String.join(" ", request.words().subList(1, request.words().size()));
    return door.apply(request, new Change.Put(path, Keys.value(typed)));
  }

  /** Only what is a single value: a whole service is not lost by a slip of the finger. */
  private Output unset(Request request) {
    KeyPath path = Keys.path(request.only("a key of the configuration"));
    Object present = Keys.at(door.snapshot(), path);
    if (present == null) {
      throw CommandFailure.rejected(path + " is not set: its default rules already");
    }
    if (present instanceof Map) {
      throw CommandFailure.rejected(
          path + " holds other keys: expected a single one; to remove all, edit the file");
    }
    return door.apply(request, new Change.Remove(path));
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
    Output done = door.apply(request, new Change.Put(path, state.word()));
    if (state == AdminState.IN_SERVICE && kind.equals("real-server") && done.exit() == Exit.DONE) {
      RealServerId id = Known.realServer(door.snapshot(), name);
      boolean released = door.director().resume(id, request.origin());
      return released
          ? new Output(Exit.DONE, done.text() + "; it is no longer held down", done.data())
          : done;
    }
    return done;
  }

  private List<String> setCandidates(List<String> words) {
    return switch (words.size()) {
      case 0 -> Stream.concat(Stream.of("weight"), Keys.known(door.snapshot()).stream()).toList();
      case 1 -> words.getFirst().equals("weight") ? Known.realServers(door.snapshot()) : List.of();
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
