package org.strowger.wire;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Binds an object of a foreign class loader to an interface of ours whose methods it has, without a
 * shared class. All methods are looked for at once, so that a mismatch is one clear error when
 * binding and never one in traffic.
 */
final class Structural {
  private Structural() {}

  /**
   * A view of {@code target} through {@code wanted}.
   *
   * @throws IllegalArgumentException naming the methods that {@code target} does not offer in a
   *     public interface
   */
  static <T> T bind(Class<T> wanted, Object target) {
    if (wanted.isInstance(target)) {
      return wanted.cast(target);
    }
    Map<Method, Method> bound = new HashMap<>();
    StringBuilder missing = new StringBuilder();
    for (Method method : wanted.getMethods()) {
      Method found = find(target.getClass(), method);
      if (found == null) {
        missing.append(missing.isEmpty() ? "" : ", ").append(method.toGenericString());
      } else {
        bound.put(method, found);
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          target.getClass().getName() + " lacks what " + wanted.getName() + " needs: " + missing);
    }
    return wanted.cast(
        Proxy.newProxyInstance(
            wanted.getClassLoader(),
            new Class<?>[] {wanted},
            (proxy, method, arguments) -> call(proxy, target, bound, method, arguments)));
  }

  @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself only
  private static @Nullable Object call(
      Object proxy,
      Object target,
      Map<Method, Method> bound,
      Method method,
      Object @Nullable [] arguments)
      throws Throwable {
    Method found = bound.get(method);
    if (found == null) { // only Object's own three methods come here
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "bound to " + target;
      };
    }
    try {
      return found.invoke(target, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static @Nullable Method find(Class<?> type, Method wanted) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Class<?> offered : at.getInterfaces()) {
        if (Modifier.isPublic(offered.getModifiers())) {
          for (Method method : offered.getMethods()) {
            if (alike(method, wanted)) {
              return method;
            }
          }
        }
      }
    }
    return null;
  }

  private static boolean alike(Method one, Method other) {
    return one.getName().equals(other.getName())
        && java.util.Arrays.equals(one.getParameterTypes(), other.getParameterTypes())
        && one.getReturnType() == other.getReturnType();
  }
}
