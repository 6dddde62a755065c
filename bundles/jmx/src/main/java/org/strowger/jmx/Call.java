package org.strowger.jmx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.ObjectName;
import javax.management.QueryExp;
import org.jspecify.annotations.Nullable;

/**
 * One call to the MBean server, as roles and audit see it.
 *
 * @param method of the MBean server
 * @param name the object it is about, if one
 * @param members attributes set, or the operation invoked
 * @param arguments what was handed over, for the audit log
 * @param namesListener true if it makes an MBean the listener of another one
 */
record Call(
    String method,
    @Nullable ObjectName name,
    List<String> members,
    List<String> arguments,
    boolean namesListener) {

  static Call of(String method, Object @Nullable [] args) {
    Object[] given = args == null ? new Object[0] : args;
    ObjectName name = null;
    for (Object arg : given) {
      if (name == null && arg instanceof ObjectName found) {
        name = found;
      }
    }
    return switch (method) {
      case "setAttribute" -> attributes(method, name, List.of((Attribute) given[1]));
      case "setAttributes" -> attributes(method, name, ((AttributeList) given[1]).asList());
      case "invoke" ->
          new Call(
              method, name, List.of((String) given[1]), OpenData.texts((Object[]) given[2]), false);
      default ->
          new Call(
              method,
              name,
              List.of(),
              OpenData.texts(given),
              given.length > 1 && given[1] instanceof ObjectName);
    };
  }

  private static Call attributes(
      String method, @Nullable ObjectName name, List<Attribute> attributes) {
    List<String> members = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (Attribute attribute : attributes) {
      members.add(attribute.getName());
      values.add(String.valueOf(attribute.getValue()));
    }
    return new Call(method, name, members, values, false);
  }

  /** {@code set Weight}, {@code invoke drain}, or the method of the MBean server. */
  String operation() {
    return switch (method) {
      case "setAttribute", "setAttributes" -> "set " + String.join(",", members);
      case "invoke" -> "invoke " + String.join(",", members);
      default -> method;
    };
  }

  String domain() {
    return Optional.ofNullable(name).map(ObjectName::getDomain).orElse("");
  }

  String type() {
    return Optional.ofNullable(name).map(n -> n.getKeyProperty("type")).orElse("");
  }

  /** True if all it invokes is called like a question: {@code get*}, {@code is*}, ... */
  boolean asks() {
    return members.stream().allMatch(Call::asks);
  }

  private static boolean asks(String operation) {
    String word = operation.toLowerCase(Locale.ROOT);
    return word.startsWith("get")
        || word.startsWith("is")
        || word.startsWith("list")
        || word.startsWith("find");
  }

  /** True for a query expression that came over the wire; the JDK's own are of other packages. */
  static boolean foreignQuery(Object @Nullable [] args) {
    for (Object arg : args == null ? new Object[0] : args) {
      if (arg instanceof QueryExp && !(arg instanceof ObjectName)) {
        return arg.getClass().getPackageName().equals("javax.management");
      }
    }
    return false;
  }
}
