package org.strowger.launcher;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.log.FormatterLogger;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerConsumer;
import org.osgi.service.log.LoggerFactory;
import org.slf4j.event.Level;

/**
 * OSGi's log service on top of slf4j: what Declarative Services says about a component that cannot
 * be activated is in the log with all the rest. Any thread.
 */
final class OsgiLog implements LoggerFactory {
  @Override
  public Logger getLogger(String name) {
    return getLogger(name, Logger.class);
  }

  @Override
  public Logger getLogger(Class<?> type) {
    return getLogger(type.getName(), Logger.class);
  }

  @Override
  public <L extends Logger> L getLogger(Class<?> type, Class<L> kind) {
    return getLogger(type.getName(), kind);
  }

  @Override
  public <L extends Logger> L getLogger(Bundle bundle, String name, Class<L> kind) {
    return getLogger(name.equals(Logger.ROOT_LOGGER_NAME) ? bundle.getSymbolicName() : name, kind);
  }

  @Override
  public <L extends Logger> L getLogger(String name, Class<L> kind) {
    boolean printf = FormatterLogger.class.isAssignableFrom(kind);
    InvocationHandler handler = new Calls(org.slf4j.LoggerFactory.getLogger(name), printf);
    return kind.cast(Proxy.newProxyInstance(kind.getClassLoader(), new Class<?>[] {kind}, handler));
  }

  /**
   * The interface has some forty methods that differ in level and number of arguments only.
   *
   * @param printf whether formats are java.util.Formatter's, not slf4j's
   */
  private record Calls(org.slf4j.Logger log, boolean printf) implements InvocationHandler {
    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given)
        throws Exception {
      String name = method.getName();
      @Nullable Object[] args = given == null ? new Object[0] : given;
      if (name.equals("getName")) {
        return log.getName();
      }
      if (name.startsWith("is")) {
        return log.isEnabledForLevel(level(name.replaceAll("^is|Enabled$", "")));
      }
      if (method.getDeclaringClass() == Object.class) {
        return switch (name) {
          case "equals" -> isSame(proxy, args[0]);
          case "hashCode" -> System.identityHashCode(proxy);
          default -> "log " + log.getName();
        };
      }
      say(proxy, level(name), args);
      return null;
    }

    @SuppressWarnings("ReferenceEquality") // it is Object.equals
    private static boolean isSame(Object proxy, @Nullable Object other) {
      return proxy == other;
    }

    private static Level level(String word) {
      return word.equals("audit") ? Level.INFO : Level.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private void say(Object proxy, Level level, @Nullable Object[] args) throws Exception {
      if (!log.isEnabledForLevel(level)) {
        return;
      }
      if (args[0] instanceof LoggerConsumer<?> consumer) {
        consumer.accept((Logger) proxy);
        return;
      }
      @Nullable Object[] values =
          args.length == 2 && args[1] instanceof Object[] array
              ? array
              : Arrays.copyOfRange(args, 1, args.length);
      var event = log.atLevel(level);
      if (values.length > 0 && values[values.length - 1] instanceof Throwable fault) {
        event = event.setCause(fault);
        values = Arrays.copyOf(values, values.length - 1);
      }
      String format = String.valueOf(args[0]);
      if (printf) {
        event.log(String.format(format, values));
      } else {
        event.log(format, values);
      }
    }
  }
}
