package org.strowger.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The two sides share no class, so nothing but this holds their words and numbers together. */
class ContractTest {
  private static Map<String, Object> constants(Class<?> contract) throws IllegalAccessException {
    Map<String, Object> constants = new TreeMap<>();
    for (Field field : contract.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
        field.setAccessible(true);
        constants.put(field.getName(), field.get(null));
      }
    }
    return constants;
  }

  @Test
  void whatTheRelaySaysIsWhatTheWireUnderstands() throws Exception {
    Map<String, Object> said = constants(Contract.class);
    assertTrue(said.size() > 50, said::toString);
    Map<String, Object> understood = constants(Class.forName("org.strowger.wire.Contract"));
    understood.keySet().retainAll(said.keySet());
    assertEquals(said, understood);
  }
}
