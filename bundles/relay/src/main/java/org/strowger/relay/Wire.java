package org.strowger.relay;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What relay needs of a wire, bound by name and parameter types to the object of that bundle: no
 * class is shared, so that wires of several versions run side by side and outlive this bundle.
 * Their own interface of the same name says what the methods do. Public, because the proxy that
 * implements it is looked at from outside.
 */
public interface Wire {
  String transport();

  void decideBy(Object decider);

  void undecide(Object decider);

  void apply(List<Map<String, Object>> services);

  Map<String, String> listening();

  ConcurrentMap<String, AtomicReference<AtomicLongArray[]>> ledger();

  ConcurrentMap<String, Object> memory();

  List<Map<String, Object>> connections(Map<String, Object> filter, int limit);

  List<Map<String, Object>> top(String by, Map<String, Object> filter, int limit);

  long held();

  int disconnect(Map<String, Object> filter);
}
