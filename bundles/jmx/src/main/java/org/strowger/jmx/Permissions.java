package org.strowger.jmx;

import java.util.Set;
import org.strowger.api.Role;

/**
 * Which role may do what. What nobody may do stands here too: what would load code, write files or
 * dump the memory with its secrets.
 */
final class Permissions {
  private static final String OURS = "org.strowger";
  private static final String JVM = "java.lang";

  /** Asking about names and shapes; the values behind them are guarded each. */
  private static final Set<String> NAMES =
      Set.of(
          "getMBeanInfo",
          "getObjectInstance",
          "getMBeanCount",
          "getDefaultDomain",
          "getDomains",
          "isRegistered",
          "queryNames",
          "queryMBeans",
          "getClassLoader",
          "getClassLoaderFor",
          "getClassLoaderRepository");

  private static final Set<String> SEEN_BY_ALL =
      Set.of(OURS, JVM, "java.nio", "java.util.logging", "JMImplementation");

  private static final Set<String> OPERATOR_SETS = Set.of("Weight", "AdminState");
  private static final Set<String> OPERATOR_INVOKES =
      Set.of(
          "drain",
          "resume",
          "explain",
          "connections",
          "top",
          "acknowledge",
          "shelve",
          "unshelve",
          "resync");

  /** Diagnostic commands that only read and answer with text. */
  private static final Set<String> HARMLESS_DIAGNOSTICS =
      Set.of(
          "gcClassHistogram",
          "gcHeapInfo",
          "help",
          "threadPrint",
          "vmFlags",
          "vmUptime",
          "vmVersion");

  private Permissions() {}

  static boolean permits(Role role, Call call) {
    if (NAMES.contains(call.method())) {
      return true;
    }
    return switch (call.method()) {
      case "getAttribute", "getAttributes" -> sees(role, call);
      // A listener object of the client's choice would make the server call it.
      case "addNotificationListener", "removeNotificationListener" -> !call.namesListener();
      case "isInstanceOf" -> sees(role, call);
      case "setAttribute", "setAttributes" -> sets(role, call);
      case "invoke" -> invokes(role, call);
      default -> false;
    };
  }

  private static boolean sees(Role role, Call call) {
    return role == Role.ADMIN || SEEN_BY_ALL.contains(call.domain());
  }

  private static boolean sets(Role role, Call call) {
    return switch (role) {
      case VIEWER -> false;
      case OPERATOR -> call.domain().equals(OURS) && OPERATOR_SETS.containsAll(call.members());
      case ADMIN -> call.domain().equals(OURS) || call.domain().equals(JVM);
    };
  }

  private static boolean invokes(Role role, Call call) {
    boolean question = call.asks() || call.members().contains("dumpAllThreads");
    if (question && SEEN_BY_ALL.contains(call.domain())) {
      return true;
    }
    return switch (role) {
      case VIEWER -> false;
      case OPERATOR -> operates(call);
      case ADMIN -> administers(call);
    };
  }

  private static boolean operates(Call call) {
    return call.domain().equals(OURS)
        && (call.type().equals("Logging") || OPERATOR_INVOKES.containsAll(call.members()));
  }

  private static boolean administers(Call call) {
    return switch (call.domain()) {
      case OURS, JVM, "java.util.logging" -> true;
      case "com.sun.management" ->
          switch (call.type()) {
            case "DiagnosticCommand" -> HARMLESS_DIAGNOSTICS.containsAll(call.members());
            default -> call.asks();
          };
      default -> false;
    };
  }
}
