package org.strowger.shell;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Director;
import org.strowger.api.Snapshot;

/** The commands' way to the director. Any thread. */
final class Door {
  /** How long a change waits for its answer, in milliseconds. */
  static final int ANSWER_MILLIS = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private final Awaited<Director> director;

  Door(Awaited<Director> director) {
    this.director = director;
  }

  Director director() {
    return director.get();
  }

  Snapshot snapshot() {
    return director.get().snapshot();
  }

  /** Applies one change, for the user who asked. */
  Output apply(Request request, Change change) {
    Optional<Duration> confirm =
        request.confirm().isEmpty()
            ? Optional.empty()
            : Optional.of(Duration.ofSeconds(request.confirm().getAsLong()));
    ChangeSet set =
        new ChangeSet(
            request.origin(), OptionalLong.empty(), List.of(change), request.comment(), confirm);
    ChangeResult result = answer(director.get().apply(set));
    Exit exit =
        switch (result) {
          case ChangeResult.Committed _ -> Exit.DONE;
          case ChangeResult.Rejected _ -> Exit.REJECTED;
          case ChangeResult.Conflict _ -> Exit.CONFLICT;
          case ChangeResult.Busy _ -> Exit.BUSY;
        };
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("result", exit == Exit.DONE ? "committed" : exit.word());
    data.putAll(Plain.row((Record) result));
    String text = result.text();
    if (confirm.isPresent() && result instanceof ChangeResult.Committed done && done.changed()) {
      text +=
          "; it is taken back in %d s unless you confirm it: confirm %d"
              .formatted(confirm.get().toSeconds(), done.revision());
    }
    data.put("text", text);
    return new Output(exit, text, data);
  }

  private static ChangeResult answer(CompletionStage<ChangeResult> pending) {
    try {
      return pending.toCompletableFuture().get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new ChangeResult.Busy(
          "no answer within " + ANSWER_MILLIS + " ms; it may still be applied");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ChangeResult.Busy("interrupted; it may still be applied");
    } catch (ExecutionException e) {
      LOG.error("the director failed to answer a change", e);
      return new ChangeResult.Busy("the director failed: " + e.getCause());
    }
  }
}
