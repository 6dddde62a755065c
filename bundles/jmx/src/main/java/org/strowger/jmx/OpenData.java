package org.strowger.jmx;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Prefix;

/** A row type of open data, built item by item, and the texts used in it. */
final class OpenData<R> {
  /** Most prefixes written out in one text. */
  static final int PREFIXES_SHOWN = 100;

  private record Item<R>(OpenType<?> type, Function<R, @Nullable Object> read) {}

  private final Map<String, Item<R>> items;
  private final CompositeType type;

  private OpenData(String name, Map<String, Item<R>> items) {
    this.items = items;
    String[] keys = items.keySet().toArray(String[]::new);
    OpenType<?>[] types = items.values().stream().map(Item::type).toArray(OpenType<?>[]::new);
    try {
      this.type = new CompositeType("org.strowger." + name, name, keys, keys, types);
    } catch (OpenDataException e) {
      throw new IllegalArgumentException("the row type " + name + " is wrong", e);
    }
  }

  CompositeType type() {
    return type;
  }

  /** The type of a table of such rows. */
  TabularType table(String... index) {
    try {
      return new TabularType(type.getTypeName() + "s", type.getDescription(), type, index);
    } catch (OpenDataException e) {
      throw new IllegalArgumentException("the index of " + type.getTypeName() + " is wrong", e);
    }
  }

  CompositeDataSupport row(R from) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    items.forEach((key, item) -> values.put(key, item.read.apply(from)));
    try {
      return new CompositeDataSupport(type, values);
    } catch (OpenDataException e) {
      throw new IllegalStateException("the row type " + type.getTypeName() + " is wrong", e);
    }
  }

  TabularData rows(TabularType table, Collection<? extends R> from) {
    TabularDataSupport data = new TabularDataSupport(table);
    from.forEach(each -> data.put(row(each)));
    return data;
  }

  /** Collects the items of a row. */
  static final class Builder<R> {
    private final Map<String, Item<R>> items = new LinkedHashMap<>();

    Builder<R> text(String key, Function<R, @Nullable String> read) {
      return item(key, SimpleType.STRING, read::apply);
    }

    Builder<R> number(String key, Function<R, Long> read) {
      return item(key, SimpleType.LONG, read::apply);
    }

    Builder<R> flag(String key, Function<R, Boolean> read) {
      return item(key, SimpleType.BOOLEAN, read::apply);
    }

    Builder<R> item(String key, OpenType<?> type, Function<R, @Nullable Object> read) {
      items.put(key, new Item<>(type, read));
      return this;
    }

    OpenData<R> build(String name) {
      return new OpenData<>(name, Map.copyOf(items));
    }
  }

  /** {@code 500ms}, {@code 30s}, {@code 5m}: as it is written in the configuration. */
  static String words(Duration duration) {
    long millis = duration.toMillis();
    if (millis != 0 && millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  static String text(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    String name = host == null ? address.getHostString() : host.getHostAddress();
    return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + address.getPort();
  }

  /** Prefixes with commas between; beyond {@link #PREFIXES_SHOWN} only how many more. */
  static String text(List<Prefix> prefixes) {
    String shown =
        prefixes.stream()
            .limit(PREFIXES_SHOWN)
            .map(Prefix::toString)
            .collect(Collectors.joining(", "));
    int more = prefixes.size() - PREFIXES_SHOWN;
    return more > 0 ? shown + ", and " + more + " more" : shown;
  }

  static List<String> texts(Object @Nullable [] values) {
    List<String> texts = new ArrayList<>();
    for (Object value : values == null ? new Object[0] : values) {
      texts.add(String.valueOf(value));
    }
    return texts;
  }
}
