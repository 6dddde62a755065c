package org.strowger.jmx;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.management.DynamicMBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Configuration;
import org.strowger.api.RealServerId;
import org.strowger.api.Snapshot;

/**
 * The MBeans, kept equal to what is configured: the whole wanted set each time, what is missing is
 * registered, what is too much is removed. One thread at a time.
 */
final class ObjectTree {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectTree.class);

  static final ObjectName DIRECTOR = name("type=Director");
  static final ObjectName ALARMS = name("type=Alarms");
  static final ObjectName CONFIG = name("type=Config");
  static final ObjectName UPGRADE = name("type=Upgrade");
  static final ObjectName CONNECTOR = name("type=Connector");
  static final ObjectName HEALTH = name("type=Health");
  static final ObjectName PLATFORM = name("type=Platform");
  static final ObjectName SYNC = name("type=Sync");
  static final ObjectName PERFORMANCE = name("type=Performance");

  private final MBeanServer server;
  private final DirectorDoor door;
  private final Map<ObjectName, DynamicMBean> fixed;
  private final Map<ObjectName, DynamicMBean> registered = new HashMap<>();

  /** What follows from a configuration: 10,000 names are not made anew several times a second. */
  private record Configured(
      Configuration configuration, Map<ObjectName, Supplier<DynamicMBean>> objects) {}

  private @Nullable Configured configured;

  /**
   * @param fixed the objects that are always there
   */
  ObjectTree(MBeanServer server, DirectorDoor door, Map<ObjectName, DynamicMBean> fixed) {
    this.server = server;
    this.door = door;
    this.fixed = Map.copyOf(fixed);
  }

  void reconcile(Snapshot snapshot) {
    Map<ObjectName, Supplier<DynamicMBean>> wanted = wanted(snapshot);
    List<ObjectName> gone =
        registered.keySet().stream().filter(name -> !wanted.containsKey(name)).toList();
    gone.forEach(this::remove);
    wanted.forEach(
        (name, object) -> {
          if (!registered.containsKey(name)) {
            add(name, object.get());
          }
        });
  }

  void removeAll() {
    List.copyOf(registered.keySet()).forEach(this::remove);
  }

  static ObjectName service(String service) {
    return name("type=Service,name=" + ObjectName.quote(service));
  }

  static ObjectName pool(String pool) {
    return name("type=Pool,name=" + ObjectName.quote(pool));
  }

  static ObjectName real(RealServerId id) {
    String pool = ObjectName.quote(id.pool());
    return name("type=Real,pool=" + pool + ",name=" + ObjectName.quote(id.real()));
  }

  static ObjectName scheduler(String scheduler) {
    return name("type=Scheduler,name=" + ObjectName.quote(scheduler));
  }

  static ObjectName check(String check) {
    return name("type=Check,name=" + ObjectName.quote(check));
  }

  static ObjectName hook(String hook) {
    return name("type=Hook,name=" + ObjectName.quote(hook));
  }

  static ObjectName vrrp(String instance) {
    return name("type=Vrrp,name=" + ObjectName.quote(instance));
  }

  static ObjectName checkType(String type) {
    return name("type=CheckType,name=" + ObjectName.quote(type));
  }

  static ObjectName plane(String plane) {
    return name("type=Plane,name=" + ObjectName.quote(plane));
  }

  private static ObjectName name(String properties) {
    try {
      return new ObjectName("org.strowger:" + properties);
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException("not an object name: " + properties, e);
    }
  }

  private Map<ObjectName, Supplier<DynamicMBean>> wanted(Snapshot snapshot) {
    Map<ObjectName, Supplier<DynamicMBean>> wanted = new LinkedHashMap<>();
    fixed.forEach((name, object) -> wanted.put(name, () -> object));
    wanted.putAll(configured(snapshot.configuration()));
    for (String name : snapshot.schedulers().keySet()) {
      wanted.put(
          scheduler(name),
          () ->
              new ManagedObject<>(
                  SchedulerObject.KIND, s -> Optional.ofNullable(s.schedulers().get(name)), door));
    }
    for (String name : snapshot.planes().keySet()) {
      wanted.put(
          plane(name),
          () ->
              new ManagedObject<>(
                  PlaneObject.KIND, s -> Optional.ofNullable(s.planes().get(name)), door));
    }
    for (String name : snapshot.failover().instances().keySet()) {
      wanted.put(
          vrrp(name),
          () -> new ManagedObject<>(VrrpObject.KIND, s -> VrrpObject.view(s, name), door));
    }
    wanted.putAll(health(snapshot));
    return wanted;
  }

  // Identity is meant: an equal one in a new object costs making them again, comparing costs more.
  @SuppressWarnings("ReferenceEquality")
  private Map<ObjectName, Supplier<DynamicMBean>> configured(Configuration configuration) {
    Configured known = configured;
    if (known == null || known.configuration() != configuration) {
      known = new Configured(configuration, objects(configuration));
      configured = known;
    }
    return known.objects();
  }

  private Map<ObjectName, Supplier<DynamicMBean>> objects(Configuration configuration) {
    Map<ObjectName, Supplier<DynamicMBean>> wanted = new LinkedHashMap<>();
    for (String name : configuration.virtualServices().keySet()) {
      wanted.put(
          service(name),
          () -> new ManagedObject<>(ServiceObject.KIND, s -> ServiceObject.view(s, name), door));
    }
    configuration
        .pools()
        .values()
        .forEach(
            pool -> {
              String name = pool.name();
              wanted.put(
                  pool(name),
                  () -> new ManagedObject<>(PoolObject.KIND, s -> PoolObject.view(s, name), door));
              for (String real : pool.realServers().keySet()) {
                RealServerId id = new RealServerId(name, real);
                wanted.put(
                    real(id),
                    () -> new ManagedObject<>(RealObject.KIND, s -> RealObject.view(s, id), door));
              }
            });
    return wanted;
  }

  private Map<ObjectName, Supplier<DynamicMBean>> health(Snapshot snapshot) {
    Map<ObjectName, Supplier<DynamicMBean>> wanted = new LinkedHashMap<>();
    wanted.put(
        HEALTH,
        () -> new ManagedObject<>(HealthObjects.HEALTH, s -> Optional.of(s.health()), door));
    for (String name : snapshot.configuration().checks().keySet()) {
      wanted.put(
          check(name),
          () ->
              new ManagedObject<>(
                  HealthObjects.CHECK,
                  s -> Optional.ofNullable(s.configuration().checks().get(name)),
                  door));
    }
    for (String name : snapshot.checkTypes().keySet()) {
      wanted.put(
          checkType(name),
          () ->
              new ManagedObject<>(
                  HealthObjects.TYPE, s -> Optional.ofNullable(s.checkTypes().get(name)), door));
    }
    for (String name : snapshot.hooks().keySet()) {
      wanted.put(
          hook(name),
          () ->
              new ManagedObject<>(
                  HealthObjects.HOOK, s -> Optional.ofNullable(s.hooks().get(name)), door));
    }
    return wanted;
  }

  private void add(ObjectName name, DynamicMBean object) {
    try {
      try {
        server.registerMBean(object, name);
      } catch (InstanceAlreadyExistsException e) {
        LOG.atWarn().addKeyValue("object", name).log("replaces a stranger of the same name");
        server.unregisterMBean(name);
        server.registerMBean(object, name);
      }
      registered.put(name, object);
    } catch (JMException e) {
      throw new IllegalStateException("cannot register " + name, e);
    }
  }

  private void remove(ObjectName name) {
    registered.remove(name);
    try {
      server.unregisterMBean(name);
    } catch (InstanceNotFoundException e) {
      LOG.atWarn().addKeyValue("object", name).log("somebody else has removed it already");
    } catch (JMException e) {
      throw new IllegalStateException("cannot remove " + name, e);
    }
  }
}
