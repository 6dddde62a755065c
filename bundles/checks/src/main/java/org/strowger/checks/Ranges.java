package org.strowger.checks;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Numbers that are fine, written {@code 200} or {@code 200-299}. */
record Ranges(List<Range> all) {
  record Range(long first, long last) {
    @Override
    public String toString() {
      return first == last ? String.valueOf(first) : first + "-" + last;
    }
  }

  static final int MAX_RANGES = 16;

  private static final Pattern FORM = Pattern.compile("([0-9]{1,10})(?:-([0-9]{1,10}))?");

  /** Those of a key, or {@code otherwise} if it is not set. */
  static Ranges of(Options options, String key, long least, long most, String otherwise) {
    String expected = "a number or a range such as 200-299, from " + least + " to " + most;
    List<Range> read =
        options.list(
            key,
            MAX_RANGES,
            expected,
            value -> read(String.valueOf(value)).filter(r -> least <= r.first && r.last <= most));
    return new Ranges(read.isEmpty() ? List.of(read(otherwise).orElseThrow()) : read);
  }

  private static Optional<Range> read(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(matcher.group(1));
    long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
    return first <= last ? Optional.of(new Range(first, last)) : Optional.empty();
  }

  boolean contains(long number) {
    return all.stream().anyMatch(range -> range.first <= number && number <= range.last);
  }

  @Override
  public String toString() {
    return all.stream().map(Range::toString).collect(Collectors.joining(", "));
  }
}
