package org.strowger.snmp;

import java.util.List;
import java.util.function.Supplier;
import org.snmp4j.agent.NotificationOriginator;
import org.snmp4j.event.ResponseEvent;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TimeTicks;
import org.snmp4j.smi.VariableBinding;

/**
 * Logs what SNMP4J-Agent is told to notify, and hands it to every target. In the place of its
 * NotificationOriginatorImpl, which waits for the answer to each inform before it turns to the next
 * target: one dead manager would delay what all others are told, and what waits for it would have
 * no bound. Used by the agent's thread only.
 */
final class Notifier implements NotificationOriginator {
  private static final ResponseEvent<?>[] ANSWERED_LATER = {};

  private final Engine engine;
  private final Supplier<List<NotificationTarget>> targets;
  private final NotificationLog log;

  Notifier(Engine engine, Supplier<List<NotificationTarget>> targets, NotificationLog log) {
    this.engine = engine;
    this.targets = targets;
    this.log = log;
  }

  @Override
  public Object notify(OctetString context, OID name, VariableBinding[] variables) {
    return notify(context, name, Smi.ticks(engine.upTime()), variables);
  }

  /** Returns no responses: informs are answered, or given up, later. */
  @Override
  public Object notify(
      OctetString context, OID name, TimeTicks upTime, VariableBinding[] variables) {
    List<VariableBinding> all = List.of(variables);
    Notification notification =
        new Notification(name, upTime.getValue(), all, AlarmNotifications.sequenceIn(name, all));
    log.add(notification);
    targets.get().forEach(target -> target.tell(notification));
    return ANSWERED_LATER;
  }
}
