package org.strowger.configfile;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.JsonScalarResolver;
import org.strowger.api.KeyPath;

/**
 * Builds the tree of one mapping from YAML events, by the JSON schema of YAML 1.2, and notes what
 * is wrong without stopping at it. Works on events and not on composed nodes, because events come
 * one by one: a limit is kept before the memory is used, and the line of each key is at hand.
 *
 * <p>Values become {@code String}, {@code Long}, {@code Boolean}, a list of these, or a map. A
 * number that is no {@code long} (1.5, 1e9, twenty digits) stays the text it was written as, so
 * that the version {@code 1.10} is not cut to 1.1; whoever wanted a number names the text.
 */
final class TreeReader {
  private static final JsonScalarResolver SCALARS = new JsonScalarResolver();

  private final Iterator<Event> events;
  private final Limits limits;
  private final Problems problems;
  private final Map<KeyPath, Integer> lines = new HashMap<>();

  /** What each anchor stands for; empty where that was wrong itself. */
  private final Map<String, Optional<Object>> anchors = new HashMap<>();

  private int keys;

  TreeReader(Iterator<Event> events, Limits limits, Problems problems) {
    this.events = events;
    this.limits = limits;
    this.problems = problems;
  }

  Map<KeyPath, Integer> lines() {
    return lines;
  }

  /** The mapping whose start has just been taken from the events. */
  Map<String, Object> mapping(CollectionStartEvent start, KeyPath path) {
    enter(start, path);
    Map<String, Object> map = new LinkedHashMap<>();
    for (Event key = events.next(); !(key instanceof MappingEndEvent); key = events.next()) {
      Optional<String> name = key(key, path);
      Event value = events.next();
      if (name.isEmpty() || !first(path.child(name.get()), key)) {
        skip(value);
        continue;
      }
      value(value, path.child(name.get())).ifPresent(v -> map.put(name.get(), v));
    }
    return Collections.unmodifiableMap(map);
  }

  private Optional<String> key(Event event, KeyPath path) {
    count(event, path);
    if (!(event instanceof ScalarEvent scalar)) {
      problems.add(line(event), path, "", "a plain text as key");
      skip(event);
      return Optional.empty();
    }
    String text = scalar.getValue();
    if (scalar.isPlain() && text.equals("<<")) {
      problems.add(line(event), path, text, "no merge key: YAML 1.2 has none");
    } else if (scalar.getTag().isPresent()) {
      problems.add(line(event), path, scalar.getTag().get(), "a key without a tag");
    } else if (text.isEmpty() || text.length() > Limits.KEY_LENGTH) {
      problems.add(line(event), path, text, "a key of 1 to " + Limits.KEY_LENGTH + " characters");
    } else if (scalar.isPlain() && !tag(text).equals(Tag.STR)) {
      problems.add(line(event), path, text, "a text as key; write '" + text + "' in quotes");
    } else {
      return Optional.of(text);
    }
    return Optional.empty();
  }

  private boolean first(KeyPath path, Event key) {
    Integer before = lines.putIfAbsent(path, line(key));
    if (before != null) {
      problems.add(line(key), path, "", "each key once; it stands in line " + before + " already");
    }
    return before == null;
  }

  private Optional<Object> value(Event event, KeyPath path) {
    problems.reading(path);
    Optional<Object> value =
        switch (event) {
          case AliasEvent alias -> alias(alias, path);
          case ScalarEvent scalar -> scalar(scalar, path);
          case MappingStartEvent start -> Optional.of(mapping(start, path));
          case CollectionStartEvent start -> Optional.of(list(start, path));
          default -> throw new IllegalStateException("no value: " + event);
        };
    if (event instanceof NodeEvent node && !(event instanceof AliasEvent)) {
      node.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), value));
    }
    return value;
  }

  private Optional<Object> scalar(ScalarEvent event, KeyPath path) {
    String text = event.getValue();
    if (event.getTag().isPresent()) {
      problems.add(line(event), path, event.getTag().get(), "a value without a tag");
      return Optional.empty();
    }
    if (!event.isPlain()) {
      return Optional.of(text);
    }
    Tag tag = tag(text);
    if (tag.equals(Tag.NULL)) {
      problems.add(line(event), path, text, "a value; leave the key out for its default");
      return Optional.empty();
    }
    if (tag.equals(Tag.BOOL)) {
      return Optional.of(Boolean.valueOf(text));
    }
    return Optional.of(tag.equals(Tag.INT) ? integer(text) : text);
  }

  private static Object integer(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException tooLong) {
      return text;
    }
  }

  private List<Object> list(CollectionStartEvent start, KeyPath path) {
    enter(start, path);
    List<Object> list = new ArrayList<>();
    for (Event item = events.next(); !(item instanceof SequenceEndEvent); item = events.next()) {
      count(item, path);
      Optional<Object> value = Optional.empty();
      if (item instanceof CollectionStartEvent) {
        problems.add(line(item), path, "", "a list of texts, numbers or true and false");
        skip(item);
      } else {
        value = value(item, path);
      }
      if (value.isPresent() && (value.get() instanceof Map || value.get() instanceof List)) {
        problems.add(line(item), path, "", "a list of texts, numbers or true and false");
      } else {
        value.ifPresent(list::add);
      }
    }
    return Collections.unmodifiableList(list);
  }

  private Optional<Object> alias(AliasEvent event, KeyPath path) {
    String name = event.getAlias().getValue();
    Optional<Object> value = anchors.get(name);
    if (value == null) {
      problems.add(line(event), path, "*" + name, "an anchor &" + name + " before it");
      return Optional.empty();
    }
    value.ifPresent(v -> expand(v, event, path));
    return value;
  }

  /** Counts what the alias repeats as if it had been written out; its keys stand in its line. */
  private void expand(Object value, Event event, KeyPath path) {
    checkDepth(event, path.keys().size());
    if (value instanceof List<?> list) {
      list.forEach(item -> count(event, path));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, below) -> {
            KeyPath child = path.child(String.valueOf(key));
            count(event, child);
            lines.put(child, line(event));
            if (below != null) {
              expand(below, event, child);
            }
          });
    }
  }

  /** Lists hold no collections, so the path of keys is as long as the nesting is deep. */
  private void enter(CollectionStartEvent start, KeyPath path) {
    checkDepth(start, path.keys().size());
    if (start.getTag().isPresent()) {
      problems.add(line(start), path, start.getTag().get(), "a value without a tag");
    }
  }

  private void checkDepth(Event event, int depth) {
    if (depth >= limits.depth()) {
      problems.stop(line(event), "at most " + limits.depth() + " levels inside each other");
    }
  }

  private void count(Event event, KeyPath path) {
    keys++;
    if (keys > limits.keys()) {
      problems.reading(path);
      String expected = "at most " + limits.keys() + " keys and list items, aliases expanded";
      problems.stop(line(event), expected);
    }
  }

  /** Passes over a value whose first event was taken. */
  private void skip(Event first) {
    int open = first instanceof CollectionStartEvent ? 1 : 0;
    while (open > 0) {
      Event event = events.next();
      if (event instanceof CollectionStartEvent) {
        open++;
        checkDepth(event, open);
      } else if (event instanceof CollectionEndEvent) {
        open--;
      }
    }
  }

  private static Tag tag(String plain) {
    return SCALARS.resolve(plain, true);
  }

  /** From 1. */
  static int line(Event event) {
    return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }
}
