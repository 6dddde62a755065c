package org.strowger.wire;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** Decides round robin over real servers named a, b, c ... of pool p. */
public class TestDecider implements Decider {
  final List<Map.Entry<String, InetSocketAddress>> reals = new ArrayList<>();
  final List<String> failed = new CopyOnWriteArrayList<>();
  final Map<String, String> told = new ConcurrentHashMap<>();
  final Map<String, String> shortages = new ConcurrentHashMap<>();
  final AtomicInteger asked = new AtomicInteger();

  TestDecider(InetSocketAddress... addresses) {
    char name = 'a';
    for (InetSocketAddress address : addresses) {
      reals.add(Map.entry("p/" + name++, address));
    }
  }

  @Override
  public synchronized Object choose(
      String service,
      InetSocketAddress client,
      InetSocketAddress destination,
      Set<String> tried,
      int attempt,
      BiConsumer<String, List<?>> bind) {
    int turn = asked.getAndIncrement();
    for (int i = 0; i < reals.size(); i++) {
      var real = reals.get((turn + i) % reals.size());
      if (!tried.contains(real.getKey())) {
        bind.accept(real.getKey(), List.of());
        return real;
      }
    }
    return Contract.NO_REAL_SERVER;
  }

  @Override
  public void connectFailed(String service, String real, InetSocketAddress address, String why) {
    failed.add(real);
  }

  @Override
  public void listening(String service, String failure) {
    told.put(service, failure);
  }

  @Override
  public void shortage(String resource, String why) {
    shortages.put(resource, why);
  }
}
