package org.strowger.testkit;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.strowger.api.AccessList;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmSettings;
import org.strowger.api.ConnectionLog;
import org.strowger.api.HealthPolicy;
import org.strowger.api.Hooks;
import org.strowger.api.KernelSettings;
import org.strowger.api.Management;
import org.strowger.api.Origin;
import org.strowger.api.Persistence;
import org.strowger.api.PlaneState;
import org.strowger.api.PortRange;
import org.strowger.api.ProxyProtocol;
import org.strowger.api.RealServerId;
import org.strowger.api.ServiceLimits;
import org.strowger.api.Sync;
import org.strowger.api.Timeouts;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstance;
import org.strowger.api.WaitingQueue;

/**
 * How the components of the records of api are called in the MIB (behind the prefix of the table)
 * and in JMX: flat names, made from the path of the key by one rule for each record that stands
 * inside another. A component without a rule is an error, so that a new key cannot be forgotten.
 */
public final class Vocabulary {
  /** Parts of nested records: prefix, suffix. */
  private static final Map<Class<?>, List<String>> AROUND =
      Map.ofEntries(
          Map.entry(Timeouts.class, List.of("", "Timeout")),
          Map.entry(WaitingQueue.class, List.of("Queue", "")),
          Map.entry(ServiceLimits.class, List.of("Limit", "")),
          Map.entry(Persistence.class, List.of("Persist", "")),
          Map.entry(AccessList.class, List.of("Access", "")),
          Map.entry(ProxyProtocol.class, List.of("Proxy", "")),
          Map.entry(ConnectionLog.class, List.of("Log", "")),
          Map.entry(HealthPolicy.class, List.of("", "")),
          Map.entry(HealthPolicy.Outlier.class, List.of("Outlier", "")),
          Map.entry(HealthPolicy.Damping.class, List.of("Damping", "")),
          Map.entry(KernelSettings.class, List.of("", "")),
          Map.entry(VrrpInstance.Signing.class, List.of("", "")),
          Map.entry(VrrpCounters.class, List.of("", "")),
          Map.entry(PlaneState.KernelPrograms.class, List.of("", "")));

  /** Names that would clash, or be longer than the 32 letters smilint allows. */
  private static final Map<String, String> OTHERWISE =
      Map.of(
          "limits.connections", "LimitConns",
          "limits.connectionsPerSource", "LimitConnsPerSource",
          "limits.sourcePrefixIpv4", "LimitPrefixIpv4",
          "limits.sourcePrefixIpv6", "LimitPrefixIpv6",
          "persistence.entries", "PersistEntriesMax");

  /** Records that are one thing: a name, and what has tables of its own. */
  private static final Set<Class<?>> WHOLE =
      Set.of(
          RealServerId.class,
          Management.class,
          Hooks.class,
          AlarmSettings.class,
          Vrrp.class,
          Sync.class,
          Alarm.class,
          Origin.class);

  private Vocabulary() {}

  /** The flat name of each component, by the path of its key: {@code timeouts.connect}. */
  public static Map<String, String> names(Class<?> type) {
    Map<String, String> names = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String key = component.getName();
      Class<?> inner = component.getType();
      List<String> around = AROUND.get(inner);
      if (inner == PortRange.class) {
        names.put(key + ".first", capital(key));
        names.put(key + ".last", capital(key) + "Last");
      } else if (around != null) {
        names(inner)
            .forEach(
                (part, flat) -> {
                  String path = key + "." + part;
                  String name = around.getFirst() + flat + around.getLast();
                  names.put(path, OTHERWISE.getOrDefault(path, name));
                });
      } else if (inner.isRecord() && !WHOLE.contains(inner)) {
        throw new AssertionError(
            type.getSimpleName() + "." + key + " is a record that has no rule for its names");
      } else {
        names.put(key, capital(key));
      }
    }
    return names;
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
