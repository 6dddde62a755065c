package org.strowger.jmx;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Change;
import org.strowger.api.Coded;
import org.strowger.api.Prefix;
import org.strowger.api.Role;

/** Collects the attributes of a kind of MBean, in reading order. */
final class Fields<S> {
  private final List<Field<S>> fields = new ArrayList<>();

  Fields<S> text(String name, String description, Function<S, String> read) {
    return add(name, SimpleType.STRING, "", "", description, read::apply);
  }

  /** A constant, as its word. */
  Fields<S> word(String name, String description, Function<S, Coded> read) {
    return text(name, description, view -> read.apply(view).word());
  }

  /** A wanted number: no metric. */
  Fields<S> number(String name, String units, String description, Function<S, Integer> read) {
    return add(name, SimpleType.INTEGER, units, "", description, read::apply);
  }

  /** A wanted number that may need 64 bits: no metric. */
  Fields<S> count(String name, String units, String description, ToLongFunction<S> read) {
    return add(name, SimpleType.LONG, units, "", description, read::applyAsLong);
  }

  /** True or false. */
  Fields<S> flag(String name, String description, Predicate<S> read) {
    return add(name, SimpleType.BOOLEAN, "", "", description, read::test);
  }

  /** Prefixes, twice: written out as far as is readable, and their number. */
  Fields<S> prefixes(String name, String description, Function<S, List<Prefix>> read) {
    text(name, description, view -> OpenData.text(read.apply(view)));
    return count(
        name + "Count", "{prefix}", description + ", how many", view -> read.apply(view).size());
  }

  Fields<S> counter(String name, String units, String description, ToLongFunction<S> read) {
    return add(name, SimpleType.LONG, units, "counter", description, read::applyAsLong);
  }

  Fields<S> gauge(String name, String units, String description, ToLongFunction<S> read) {
    return add(name, SimpleType.LONG, units, "gauge", description, read::applyAsLong);
  }

  /** A moment, twice: as ISO 8601 text and as milliseconds since 1970. */
  Fields<S> time(String name, String description, Function<S, Instant> read) {
    text(name, description, view -> read.apply(view).toString());
    return add(
        name + "Millis",
        SimpleType.LONG,
        "ms",
        "",
        description + ", in milliseconds since 1970",
        view -> read.apply(view).toEpochMilli());
  }

  /** A length of time, twice: in milliseconds, and as it is written in the configuration. */
  Fields<S> duration(String name, String description, Function<S, Duration> read) {
    add(
        name + "Millis",
        SimpleType.LONG,
        "ms",
        "",
        description + ", in milliseconds",
        view -> read.apply(view).toMillis());
    return text(name, description, view -> OpenData.words(read.apply(view)));
  }

  /** Composite or tabular data; null for what is not there. */
  Fields<S> data(
      String name, OpenType<?> type, String description, Function<S, @Nullable Object> read) {
    return add(name, type, "", "", description, read);
  }

  /** Makes the attribute added last writable for operators. */
  Fields<S> writable(BiFunction<S, Object, Change> change) {
    return writable(Role.OPERATOR, change);
  }

  /** Makes the attribute added last writable for administrators. */
  Fields<S> tunable(BiFunction<S, Object, Change> change) {
    return writable(Role.ADMIN, change);
  }

  private Fields<S> writable(Role by, BiFunction<S, Object, Change> change) {
    fields.add(fields.removeLast().writable(by, change));
    return this;
  }

  List<Field<S>> list() {
    return List.copyOf(fields);
  }

  private Fields<S> add(
      String name,
      OpenType<?> type,
      String units,
      String metricType,
      String description,
      Function<S, @Nullable Object> read) {
    fields.add(new Field<>(name, type, units, metricType, description, read, null, Role.ADMIN));
    return this;
  }
}
