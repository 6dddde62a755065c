package org.strowger.testkit;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.api.AdminState;
import org.strowger.api.Coded;
import org.strowger.api.Prefix;

/**
 * Sets one key of a record of the vocabulary, for directors that are fakes: the components are the
 * keys, so that a fake knows every key there is. Ranges are the real director's to check.
 */
public final class Keys {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private Keys() {}

  /**
   * The record with one key set.
   *
   * @param path from the record down: {@code limits}, {@code connections}
   * @param value as a change has it: text, Long, Boolean or list
   * @return empty if there is no such key or the value is not of its type
   */
  public static <R extends Record> Optional<R> with(R record, List<String> path, Object value) {
    @SuppressWarnings("unchecked") // the class of an R
    Class<R> type = (Class<R>) record.getClass();
    List<Class<?>> types = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    boolean found = false;
    try {
      for (RecordComponent component : type.getRecordComponents()) {
        Object present = component.getAccessor().invoke(record);
        if (component.getName().equals(path.getFirst())) {
          Optional<?> changed =
              path.size() > 1 && present instanceof Record inner
                  ? with(inner, path.subList(1, path.size()), value)
                  : path.size() == 1 ? read(component.getType(), value) : Optional.empty();
          if (changed.isEmpty()) {
            return Optional.empty();
          }
          present = changed.get();
          found = true;
        }
        types.add(component.getType());
        values.add(present);
      }
      Constructor<R> constructor = type.getDeclaredConstructor(types.toArray(Class<?>[]::new));
      return found ? Optional.of(constructor.newInstance(values.toArray())) : Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot rebuild " + record, e);
    }
  }

  private static Optional<?> read(Class<?> type, Object value) {
    return switch (value) {
      case Long number when type == long.class -> Optional.of(number);
      case Long number when type == int.class && number == number.intValue() ->
          Optional.of(number.intValue());
      case Boolean flag when type == boolean.class -> Optional.of(flag);
      case String text when type == String.class -> Optional.of(text);
      case String text when type == Optional.class -> Optional.of(Optional.of(text));
      case String text when type == Duration.class -> duration(text);
      case String text when Coded.class.isAssignableFrom(type) ->
          Arrays.stream(type.getEnumConstants())
              .filter(each -> ((Coded) each).word().equals(text))
              .findFirst();
      case List<?> list when type == List.class -> prefixes(list);
      default -> Optional.empty();
    };
  }

  private static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        });
  }

  private static Optional<List<Prefix>> prefixes(List<?> list) {
    List<Prefix> prefixes =
        list.stream().flatMap(each -> Prefix.parse(String.valueOf(each)).stream()).toList();
    return prefixes.size() == list.size() ? Optional.of(prefixes) : Optional.empty();
  }

  /** What a refused value of this key should have been. */
  static String expected(String key) {
    return key.equals("adminState")
        ? "one of " + Coded.words(AdminState.class)
        : "a key that there is, and a value of its type";
  }
}
