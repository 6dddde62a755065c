package org.strowger.jmx;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.management.Descriptor;
import javax.management.ImmutableDescriptor;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.OpenMBeanAttributeInfoSupport;
import javax.management.openmbean.OpenType;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Change;
import org.strowger.api.Role;

/**
 * One attribute of a kind of MBean: how it is called, what it means, how it is read out of a view
 * of one snapshot and, if it can be set, which change that is.
 *
 * @param units in the style of UCUM: {@code By}, {@code {conn}}, {@code ms}; empty if it has none
 * @param metricType {@code counter}, {@code gauge}, or empty for what is no number to be graphed
 * @param writer the least role that may set it, if it can be set
 */
record Field<S>(
    String name,
    OpenType<?> type,
    String units,
    String metricType,
    String description,
    Function<S, @Nullable Object> read,
    @Nullable BiFunction<S, Object, Change> write,
    Role writer) {

  Field<S> writable(Role by, BiFunction<S, Object, Change> change) {
    return new Field<>(name, type, units, metricType, description, read, change, by);
  }

  /** What JConsole and its like show of it. */
  OpenMBeanAttributeInfo info(String kind) {
    return new OpenMBeanAttributeInfoSupport(
        name, description, type, true, write != null, false, descriptor(kind));
  }

  private Descriptor descriptor(String kind) {
    Map<String, Object> entries = new HashMap<>();
    entries.put("role", (write != null ? writer : Role.VIEWER).word());
    entries.put("dynamic", Boolean.toString(write != null));
    if (!units.isEmpty()) {
      entries.put("units", units);
    }
    if (!metricType.isEmpty()) {
      entries.put("metricType", metricType);
    }
    Oids.of(kind, name).ifPresent(oid -> entries.put("oid", oid));
    return new ImmutableDescriptor(entries);
  }
}
