package org.strowger.jmx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.ReflectionException;
import javax.management.openmbean.SimpleType;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Change;
import org.strowger.api.Snapshot;

/**
 * An MBean made of its kind's table of attributes: reads views of snapshots, writes through the one
 * door. Only open types, and only exceptions every client knows. Any thread.
 */
final class ManagedObject<S> implements DynamicMBean {
  private final ObjectKind<S> kind;
  private final Function<Snapshot, Optional<S>> view;
  private final DirectorDoor door;
  private final MBeanInfo info;

  /**
   * @param view the object in a snapshot; empty if it is no longer configured
   */
  ManagedObject(
      ObjectKind<S> kind,
      Function<Snapshot, Optional<S>> view,
      DirectorDoor door,
      MBeanNotificationInfo... notifications) {
    this.kind = kind;
    this.view = view;
    this.door = door;
    this.info = kind.info(notifications);
  }

  @Override
  public @Nullable Object getAttribute(String attribute) throws AttributeNotFoundException {
    return field(attribute).read().apply(now());
  }

  @Override
  public AttributeList getAttributes(String[] attributes) {
    S now = now();
    AttributeList values = new AttributeList();
    for (String name : attributes) {
      // JMX leaves out what is not there; the caller sees it by its absence.
      kind.field(name).ifPresent(f -> values.add(new Attribute(name, f.read().apply(now))));
    }
    return values;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    door.change(List.of(change(now(), attribute)));
  }

  /** Sets all of them or none. */
  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    S now = now();
    List<Change> changes = new ArrayList<>();
    for (Attribute attribute : attributes.asList()) {
      try {
        changes.add(change(now, attribute));
      } catch (AttributeNotFoundException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
    door.change(changes);
    return attributes;
  }

  @Override
  public Object invoke(String name, Object @Nullable [] params, String @Nullable [] signature)
      throws ReflectionException {
    List<Object> given = params == null ? List.of() : Arrays.asList(params);
    Operation<S> operation =
        kind.operation(name, given.size())
            .orElseThrow(
                () ->
                    new ReflectionException(
                        new NoSuchMethodException(name),
                        kind.type() + " has no operation " + name + " of so many parameters"));
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      if (!(given.get(i) instanceof String text)) {
        String parameter = operation.parameters().get(i).name();
        throw new IllegalArgumentException(parameter + ": expected a text");
      }
      arguments.add(text);
    }
    return operation.action().run(now(), door, arguments);
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    return info;
  }

  private S now() {
    return view.apply(door.snapshot())
        .orElseThrow(() -> new IllegalStateException("it is no longer configured"));
  }

  private Field<S> field(String name) throws AttributeNotFoundException {
    return kind.field(name)
        .orElseThrow(
            () -> new AttributeNotFoundException(kind.type() + " has no attribute " + name));
  }

  private Change change(S now, Attribute attribute) throws AttributeNotFoundException {
    Field<S> field = field(attribute.getName());
    BiFunction<S, Object, Change> write = field.write();
    if (write == null) {
      throw new AttributeNotFoundException(field.name() + " is read-only");
    }
    return write.apply(now, value(field, attribute.getValue()));
  }

  /** The value as changes carry it; whether it fits is decided by the director, nowhere else. */
  private static Object value(Field<?> field, @Nullable Object value) {
    if (field.type().equals(SimpleType.STRING)) {
      if (value instanceof String text) {
        return text;
      }
    } else if (value instanceof Integer || value instanceof Long || value instanceof Short) {
      return ((Number) value).longValue();
    }
    String expected = field.type().equals(SimpleType.STRING) ? "a text" : "a whole number";
    throw new IllegalArgumentException(field.name() + ": '" + value + "': expected " + expected);
  }
}
