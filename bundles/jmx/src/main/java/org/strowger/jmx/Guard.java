package org.strowger.jmx;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import javax.management.MBeanServer;
import javax.management.remote.MBeanServerForwarder;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Role;

/**
 * Stands before the MBean server for all that comes over the connector: refuses what the caller's
 * role does not permit, audits what changes something. The role is looked up at each call, so that
 * a user who was removed or demoted loses it at once.
 */
final class Guard implements InvocationHandler {
  /**
   * What the connector itself asks, on threads that call for nobody: to buffer notifications. None
   * of them can be called over the wire without a user.
   */
  private static final Set<String> CONNECTOR_ASKS =
      Set.of(
          "addNotificationListener",
          "removeNotificationListener",
          "isInstanceOf",
          "isRegistered",
          "queryNames",
          "getDefaultDomain",
          "getClassLoader",
          "getClassLoaderFor",
          "getClassLoaderRepository");

  private final Users users;
  private final LongAdder denied = new LongAdder();
  private @Nullable MBeanServer target;

  Guard(Users users) {
    this.users = users;
  }

  MBeanServerForwarder forwarder() {
    return (MBeanServerForwarder)
        Proxy.newProxyInstance(
            MBeanServerForwarder.class.getClassLoader(),
            new Class<?>[] {MBeanServerForwarder.class},
            this);
  }

  /** Calls refused. */
  long denied() {
    return denied.sum();
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
      throws Throwable {
    return switch (method.getName()) {
      case "setMBeanServer" -> set(args == null ? null : (MBeanServer) args[0]);
      case "getMBeanServer" -> target;
      case "hashCode" -> System.identityHashCode(this);
      case "equals" -> args != null && same(proxy, args[0]);
      case "toString" -> "the guarded MBean server";
      default -> guarded(method, args);
    };
  }

  private @Nullable Object set(@Nullable MBeanServer server) {
    target = server;
    return null;
  }

  @SuppressWarnings("ReferenceEquality") // identity is what equals means for a proxy
  private static boolean same(Object proxy, @Nullable Object other) {
    return proxy == other;
  }

  private @Nullable Object guarded(Method method, Object @Nullable [] args) throws Throwable {
    Call call = Call.of(method.getName(), args);
    Optional<String> user = Caller.user();
    if (user.isEmpty()) {
      return forNobody(call, method, args);
    }
    Optional<Role> role = users.role(user.get());
    boolean permitted =
        role.isPresent()
            && Permissions.permits(role.get(), call)
            && (role.get() == Role.ADMIN || !Call.foreignQuery(args));
    if (!permitted) {
      denied.increment();
      Audit.call(user.get(), call, "denied");
      String what = role.map(Role::word).map(word -> "role " + word).orElse("a removed user");
      throw new SecurityException(
          what
              + " may not "
              + call.operation()
              + (call.name() == null ? "" : " on " + call.name()));
    }
    return changes(call) ? audited(user.get(), call, method, args) : forward(method, args);
  }

  private @Nullable Object forNobody(Call call, Method method, Object @Nullable [] args)
      throws Throwable {
    if (!CONNECTOR_ASKS.contains(call.method()) || call.namesListener()) {
      denied.increment();
      throw new SecurityException("nobody may not " + call.operation());
    }
    return forward(method, args);
  }

  private static boolean changes(Call call) {
    return switch (call.method()) {
      case "setAttribute", "setAttributes" -> true;
      case "invoke" -> !call.asks();
      default -> false;
    };
  }

  private @Nullable Object audited(String user, Call call, Method method, Object @Nullable [] args)
      throws Throwable {
    String result = "failed";
    try {
      Object answer = forward(method, args);
      result = "done";
      return answer;
    } catch (RuntimeException e) {
      result = "failed: " + (e.getCause() == null ? e : e.getCause()).getMessage();
      throw e;
    } finally {
      Audit.call(user, call, result);
    }
  }

  private @Nullable Object forward(Method method, Object @Nullable [] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
