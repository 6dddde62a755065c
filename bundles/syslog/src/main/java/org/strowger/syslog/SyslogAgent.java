package org.strowger.syslog;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Configuration;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;
import org.strowger.api.Management.SyslogTarget;
import org.strowger.api.Snapshot;
import org.strowger.api.Subscription;
import org.strowger.api.Syslog;

/**
 * Keeps a sender for each configured syslog server, and hands it what the director tells. One
 * thread, {@code syslog}, owns the list.
 */
final class SyslogAgent implements DirectorListener, Syslog, AutoCloseable {
  private static final String REPORTER = "syslog";
  private static final int TICK_SECONDS = 2;
  private static final Logger LOG = LoggerFactory.getLogger(SyslogAgent.class);

  private final Path state;
  private final List<Sender> senders = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("syslog").factory());
  private @Nullable Director director;
  private @Nullable Subscription subscription;
  private List<AlarmCondition> reported = List.of();
  private @Nullable Director reportedTo;

  SyslogAgent(Path state) {
    this.state = state;
    // What it throws is handled within; it ends with the thread.
    var _ = thread.scheduleWithFixedDelay(this::tick, 0, TICK_SECONDS, TimeUnit.SECONDS);
  }

  synchronized void attach(Director present) {
    Subscription before = subscription;
    director = present;
    subscription = present.subscribe(this);
    if (before != null) {
      before.close();
    }
    soon();
  }

  synchronized void detach(Director gone) {
    if (gone.equals(director) && subscription != null) {
      subscription.close();
      subscription = null;
      director = null;
    }
  }

  /** The director's thread. */
  @Override
  public void on(DirectorEvent event) {
    Message.of(event, Instant.now())
        .ifPresent(message -> senders.forEach(sender -> sender.offer(message)));
    if (event instanceof DirectorEvent.RevisionCommitted) {
      soon();
    }
  }

  private void soon() {
    try {
      thread.execute(this::tick);
    } catch (RejectedExecutionException e) {
      LOG.debug("an event came while syslog stops", e);
    }
  }

  private synchronized void tick() {
    try {
      Director present = director;
      if (present != null) {
        Snapshot now = present.snapshot();
        if (now.revision() > 0) {
          follow(now.configuration());
        }
        report(present);
      }
    } catch (RuntimeException e) {
      LOG.error("syslog could not follow its configuration; it tries again", e);
    }
  }

  /** Servers that did not change keep their connection and what waits for them. */
  private void follow(Configuration configuration) {
    String host = configuration.directorName();
    Map<String, SyslogTarget> wanted = configuration.management().syslog();
    for (Sender sender : List.copyOf(senders)) {
      boolean same =
          sender.target().equals(wanted.get(sender.target().name())) && sender.host().equals(host);
      if (!same) {
        senders.remove(sender);
        sender.stop();
      }
    }
    for (SyslogTarget target : wanted.values()) {
      if (senders.stream().noneMatch(s -> s.target().name().equals(target.name()))) {
        Sender sender = new Sender(target, () -> Wires.open(target, state), host);
        sender.start();
        senders.add(sender);
      }
    }
  }

  @Override
  public List<Server> servers() {
    return senders.stream().map(Sender::state).sorted(Comparator.comparing(Server::name)).toList();
  }

  private void report(Director present) {
    List<AlarmCondition> conditions = new ArrayList<>();
    for (Sender sender : senders) {
      sender
          .problem()
          .ifPresent(
              why ->
                  conditions.add(
                      new AlarmCondition(
                          AlarmType.SYSLOG_UNREACHABLE,
                          "manager=" + sender.target().name(),
                          "the syslog server " + sender.target().name() + ": " + why)));
    }
    if (!(conditions.equals(reported) && present.equals(reportedTo))) {
      present.report(REPORTER, conditions);
      reported = conditions;
      reportedTo = present;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (subscription != null) {
        subscription.close();
        subscription = null;
      }
      if (director != null && !reported.isEmpty()) {
        director.report(REPORTER, List.of()); // who is gone alarms nothing
      }
    }
    thread.shutdownNow();
    senders.forEach(Sender::stop);
    senders.clear();
  }
}
