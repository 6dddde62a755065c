package org.strowger.snmp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snmp4j.agent.ContextListener;
import org.snmp4j.agent.DuplicateRegistrationException;
import org.snmp4j.agent.MOQuery;
import org.snmp4j.agent.MOScope;
import org.snmp4j.agent.MOServer;
import org.snmp4j.agent.MOServerLookupEvent;
import org.snmp4j.agent.MOServerLookupListener;
import org.snmp4j.agent.ManagedObject;
import org.snmp4j.agent.mo.MOFilter;
import org.snmp4j.agent.mo.lock.LockRequest;
import org.snmp4j.agent.mo.lock.LockRequest.LockStatus;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.VariableBinding;

/**
 * All objects of the agent in their order, as SNMP4J-Agent's server of managed objects. In the
 * place of its DefaultMOServer, which fails when something is registered during a look-up: here a
 * look-up reads an immutable array without a lock, and a registration replaces it. There is one
 * context, the default one; what comes and goes is behind the objects, which have no state of their
 * own, so that nobody needs to lock or to refresh them. Any thread.
 */
final class MibTree implements MOServer {
  private static final OctetString DEFAULT_CONTEXT = new OctetString();
  private static final ManagedObject<?> NO_OBJECT = new NoObject();

  private record Sorted(List<ManagedObject<?>> objects, List<OID> lowers) {
    static Sorted of(Collection<ManagedObject<?>> objects) {
      List<ManagedObject<?>> sorted = new ArrayList<>(objects);
      sorted.sort(Comparator.comparing(object -> object.getScope().getLowerBound()));
      return new Sorted(
          List.copyOf(sorted),
          sorted.stream().map(object -> object.getScope().getLowerBound()).toList());
    }

    /** Position of the object that {@code oid} would be in or, if there is none, of the next. */
    int at(OID oid) {
      int position = Collections.binarySearch(lowers, oid);
      if (position >= 0) {
        return position;
      }
      int before = -position - 2;
      boolean inside = before >= 0 && objects.get(before).getScope().covers(oid);
      return inside ? before : before + 1;
    }

    @Nullable ManagedObject<?> object(int position) {
      return position < objects.size() ? objects.get(position) : null;
    }
  }

  private volatile Sorted sorted = Sorted.of(List.of());

  /**
   * @throws IllegalArgumentException if two of the subtrees overlap
   */
  MibTree(Collection<Subtree> subtrees) {
    try {
      for (Subtree subtree : subtrees) {
        register(new ManagedSubtree(subtree), DEFAULT_CONTEXT);
      }
    } catch (DuplicateRegistrationException e) {
      throw new IllegalArgumentException(e.getMessage() + " overlaps another", e);
    }
  }

  static MibTree ofAllModules(String sysDescr) {
    List<Subtree> objects = new ArrayList<>(StandardObjects.all(sysDescr));
    objects.addAll(TlsObjects.all());
    objects.addAll(NotificationLogObjects.all());
    objects.addAll(InterfaceObjects.all());
    objects.addAll(ProtocolObjects.all());
    objects.addAll(HostObjects.all());
    objects.addAll(EntityObjects.all());
    objects.addAll(KeepalivedObjects.all());
    objects.addAll(SystemObjects.all());
    objects.addAll(PerformanceObjects.all());
    objects.addAll(LbObjects.all());
    objects.addAll(HealthObjects.all());
    objects.addAll(AlarmObjects.all());
    objects.addAll(StandardAlarmObjects.all());
    objects.addAll(ConfigObjects.all());
    objects.addAll(UpgradeObjects.all());
    objects.addAll(HaObjects.all());
    objects.addAll(SyncObjects.all());
    objects.addAll(VrrpObjects.all());
    return new MibTree(objects);
  }

  /**
   * The object that the instance would be in, or the first that may have one in the range; whether
   * it has is left to the object itself, which then need not be asked twice.
   */
  @Override
  public <O extends ManagedObject<?>> @Nullable O lookup(
      MOQuery query, @Nullable LockRequest lock, MOServerLookupEvent event, Class<O> type) {
    if (lock != null) {
      lock.setLockRequestStatus(LockStatus.notRequired);
    }
    Sorted now = sorted;
    OID lower = query.getLowerBound();
    ManagedObject<?> found = now.object(now.at(lower));
    if (query.isLowerIncluded() && lower.equals(query.getUpperBound())) {
      if (found == null || !found.getScope().covers(lower)) {
        found = query.isWriteAccessQuery() ? NO_OBJECT : null;
      }
      return found == null || !query.matchesQuery(found) ? null : type.cast(found);
    }
    return found == null || !query.isOverlapping(found.getScope()) ? null : type.cast(found);
  }

  /**
   * The first instance after {@code oid} that is in the view, or null if there is none: what a walk
   * needs, without the queries, scopes and locks by which SNMP4J-Agent would ask for each cell.
   *
   * @param cursor where {@code oid} was found; is set to where the next one is
   */
  @Nullable VariableBinding next(Moment moment, View view, OID oid, Cursor cursor) {
    Sorted now = sorted;
    OID after = oid;
    int known = cursor.object(oid);
    for (int i = known >= 0 ? known : now.at(oid); i < now.objects().size(); i++) {
      if (!(now.objects().get(i) instanceof ManagedSubtree object)) {
        throw new IllegalStateException(now.objects().get(i) + " is none of the agent's objects");
      }
      boolean open = i == known ? cursor.isOpen() : view.allowsAll(object.subtree().root());
      VariableBinding found = object.subtree().next(moment, after, cursor);
      while (found != null && !open && !view.allows(found.getOid())) {
        after = found.getOid();
        found = object.subtree().next(moment, after, cursor);
      }
      if (found != null) {
        cursor.inObject(found.getOid(), i, open);
        return found;
      }
    }
    return null;
  }

  @Override
  public synchronized void register(ManagedObject<?> object, @Nullable OctetString context)
      throws DuplicateRegistrationException {
    if (!isContextSupported(context)) {
      throw new IllegalArgumentException("there is no context " + context);
    }
    MOScope scope = object.getScope();
    List<ManagedObject<?>> objects = new ArrayList<>(sorted.objects());
    for (ManagedObject<?> other : objects) {
      if (other.getScope().isOverlapping(scope)) {
        throw new DuplicateRegistrationException(scope, other.getScope());
      }
    }
    objects.add(object);
    sorted = Sorted.of(objects);
  }

  @Override
  public synchronized @Nullable ManagedObject<?> unregister(
      ManagedObject<?> object, @Nullable OctetString context) {
    List<ManagedObject<?>> objects = new ArrayList<>(sorted.objects());
    boolean removed = isContextSupported(context) && objects.remove(object);
    sorted = Sorted.of(objects);
    return removed ? object : null;
  }

  @Override
  public Iterator<Map.Entry<MOScope, ManagedObject<?>>> iterator() {
    return iterator(Comparator.comparing(MOScope::getLowerBound), null);
  }

  @Override
  public Iterator<Map.Entry<MOScope, ManagedObject<?>>> iterator(
      Comparator<MOScope> order, @Nullable MOFilter filter) {
    List<Map.Entry<MOScope, ManagedObject<?>>> entries = new ArrayList<>();
    for (ManagedObject<?> object : sorted.objects()) {
      if (filter == null || filter.passesFilter(object)) {
        entries.add(Map.entry(object.getScope(), object));
      }
    }
    entries.sort(Map.Entry.comparingByKey(order));
    return List.copyOf(entries).iterator();
  }

  @Override
  public boolean isContextSupported(@Nullable OctetString context) {
    return context == null || context.length() == 0;
  }

  @Override
  public OctetString[] getContexts() {
    return new OctetString[] {DEFAULT_CONTEXT};
  }

  @Override
  public OctetString[] getRegisteredContexts(ManagedObject<?> object) {
    return sorted.objects().contains(object) ? getContexts() : new OctetString[0];
  }

  @Override
  public Map<OctetString, MOScope> getRegisteredScopes(ManagedObject<?> object) {
    return sorted.objects().contains(object)
        ? Map.of(DEFAULT_CONTEXT, object.getScope())
        : Map.of();
  }

  @Override
  public void addContext(OctetString context) {
    throw fixed("contexts");
  }

  @Override
  public void removeContext(OctetString context) {
    throw fixed("contexts");
  }

  /** Does nothing: contexts neither come nor go. */
  @Override
  public void addContextListener(ContextListener listener) {}

  @Override
  public void removeContextListener(ContextListener listener) {}

  @Override
  public void addLookupListener(MOServerLookupListener listener, ManagedObject<?> object) {
    throw fixed("objects that are refreshed when they are looked up");
  }

  @Override
  public boolean removeLookupListener(MOServerLookupListener listener, ManagedObject<?> object) {
    return false;
  }

  private static UnsupportedOperationException fixed(String what) {
    return new UnsupportedOperationException("there are no other " + what);
  }

  @Override
  public boolean lock(Object owner, ManagedObject<?> object) {
    return true;
  }

  @Override
  public boolean lock(Object owner, ManagedObject<?> object, long timeoutMillis) {
    return true;
  }

  @Override
  public boolean unlock(Object owner, ManagedObject<?> object) {
    return true;
  }

  @Override
  public boolean unlockNow(Object owner, ManagedObject<?> object) {
    return true;
  }

  @Override
  public boolean waitForUnlockedState(long waitTimeoutMillis) {
    return true;
  }
}
