package org.strowger.director;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The plug-ins of one kind that bundles offer, by name. Of those with the same name the newest
 * serves; when it goes, the one before it serves again. Any thread.
 *
 * @param <T> the provider
 */
final class Offers<T> {
  /** A provider with the bundle it came from. */
  record Offer<T>(T provider, String bundleName, String version, Instant since) {}

  /** The newest offer of a name so far, there or not, and how often another took its place. */
  record Known<T>(Offer<T> offer, long swaps) {}

  private final Function<T, String> name;
  private final Map<String, List<Offer<T>>> present = new ConcurrentHashMap<>();
  private final Map<String, Known<T>> known = new ConcurrentHashMap<>();

  Offers(Function<T, String> name) {
    this.name = name;
  }

  void add(Offer<T> offer) {
    String key = name.apply(offer.provider);
    // First what was: who sees the offer sees that it is a swap.
    known.compute(key, (_, before) -> new Known<>(offer, before == null ? 0 : before.swaps + 1));
    present.merge(
        key,
        List.of(offer),
        (before, added) -> Stream.concat(added.stream(), before.stream()).toList());
  }

  void remove(T provider) {
    present.computeIfPresent(
        name.apply(provider),
        (_, before) -> {
          List<Offer<T>> left =
              before.stream().filter(offer -> !offer.provider.equals(provider)).toList();
          return left.isEmpty() ? null : left;
        });
  }

  /** The one that serves under this name; null if none is there. */
  @Nullable T provider(String key) {
    List<Offer<T>> offered = present.get(key);
    return offered == null ? null : offered.getFirst().provider;
  }

  /** The ones that serve, by name. */
  Map<String, T> providers() {
    Map<String, T> providers = new HashMap<>();
    present.forEach((key, offered) -> providers.put(key, offered.getFirst().provider));
    return providers;
  }

  boolean offered(String key) {
    return present.containsKey(key);
  }

  /** All that were ever offered, by name. */
  Map<String, Known<T>> known() {
    return Map.copyOf(known);
  }
}
