package org.strowger.upgrade;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Services of words of the JDK that the supervision uses while they are there. Any thread. */
final class HandsOf {
  /** Property of the launcher's service that ends the process; its value: what starts it again. */
  static final String PROCESS = "strowger.process";

  private static final Logger LOG = LoggerFactory.getLogger(HandsOf.class);

  private final BundleContext context;

  HandsOf(BundleContext context) {
    this.context = context;
  }

  /** Whether the upgrade bundle is there to do something. */
  boolean there() {
    return reference(Hands.PROPERTY) != null;
  }

  /** What is beyond the process: words {@code restart} and {@code reboot}. */
  String supervisor() {
    ServiceReference<?> found = reference(PROCESS);
    return found == null ? "" : String.valueOf(found.getProperty(PROCESS));
  }

  /** Bundles of plug-ins that are not asked any more, and why. */
  Map<String, String> shutOut() {
    Map<String, String> answer = call(Hands.PROPERTY, Map.of(Hands.WORD, Hands.SHUT_OUT));
    return answer.containsKey(Hands.FAILED) ? Map.of() : answer;
  }

  /** Why it was not done; empty: it was. */
  String does(Map<String, String> request) {
    return there()
        ? call(Hands.PROPERTY, request).getOrDefault(Hands.FAILED, "")
        : "the upgrade bundle is not there";
  }

  /** Ends the process, soon after this returned; what is outside of it does the word. */
  String ends(String word, String why) {
    if (reference(PROCESS) == null) {
      return "the launcher is not there";
    }
    return call(PROCESS, Map.of(Hands.WORD, word, Words.WHY, why)).getOrDefault(Hands.FAILED, "");
  }

  private Map<String, String> call(String property, Map<String, String> request) {
    ServiceReference<?> reference = reference(property);
    Object service = reference == null ? null : context.getService(reference);
    Map<String, String> answer = new HashMap<>();
    if (service instanceof Function<?, ?> found) {
      // The properties are theirs alone, and this is their contract.
      @SuppressWarnings("unchecked")
      Function<Map<String, String>, Map<?, ?>> function =
          (Function<Map<String, String>, Map<?, ?>>) found;
      try {
        function
            .apply(request)
            .forEach((key, value) -> answer.put(String.valueOf(key), String.valueOf(value)));
      } catch (RuntimeException | LinkageError e) {
        // Who is asked may be the one that is at fault, or just be leaving.
        LOG.atDebug().addKeyValue("word", request.get(Hands.WORD)).setCause(e).log("no answer");
        return Map.of(Hands.FAILED, "no answer: " + e);
      } finally {
        context.ungetService(reference);
      }
    }
    return answer;
  }

  private @Nullable ServiceReference<?> reference(String property) {
    try {
      // All: the package java.util.function is nobody's export.
      ServiceReference<?>[] found =
          context.getAllServiceReferences(Function.class.getName(), "(" + property + "=*)");
      return found == null ? null : found[0];
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e); // the properties are constants
    }
  }
}
