package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code with loops of every form, as it is and with the question in it. */
@Timeout(60)
class LoopBreakerTest {
  /** What is made interruptible: the number says which loop, a negative one that it has no end. */
  static final class Loops implements LongUnaryOperator {
    private final Map<Long, List<String>> words = new TreeMap<>();
    private long turns;

    @Override
    public long applyAsLong(long which) {
      long most = which < 0 ? Long.MAX_VALUE : 1_000;
      return switch ((int) Math.abs(which)) {
        case 1 -> counted(most);
        case 2 -> withValuesOnTheStack(most);
        case 3 -> catching(most);
        case 4 -> switching(most);
        default -> overObjects(most);
      };
    }

    private long counted(long most) {
      for (long i = 0; i < most; i++) {
        turns += i & 1;
      }
      return turns;
    }

    private long withValuesOnTheStack(long most) {
      long sum = 0;
      long i = 0;
      do {
        sum += i + (i % 2 == 0 ? Math.max(i, sum) % 7 : List.of(i, sum).size());
      } while (++i < most);
      return sum;
    }

    private long catching(long most) {
      long sum = 0;
      while (sum < most) {
        try {
          sum += Integer.parseInt(sum % 2 == 0 ? "1" : "one");
        } catch (NumberFormatException e) {
          sum++;
        }
      }
      return sum;
    }

    private long switching(long most) {
      int state = 0;
      long sum = 0;
      while (sum < most) {
        switch (state) {
          case 0 -> state = 1;
          case 1 -> state = 2;
          default -> {
            state = 0;
            sum++;
          }
        }
      }
      return sum;
    }

    private long overObjects(long most) {
      long sum = 0;
      for (long i = 0; i < most; i++) {
        for (String word : words.computeIfAbsent(i % 3, key -> List.of("a", "b"))) {
          sum += word.length();
        }
      }
      return sum;
    }
  }

  /** Loads the class anew from these bytes. */
  private static final class Fresh extends ClassLoader {
    Fresh() {
      super(LoopBreakerTest.class.getClassLoader());
    }

    LongUnaryOperator loops(byte[] bytes) throws ReflectiveOperationException {
      Class<?> made = defineClass(Loops.class.getName(), bytes, 0, bytes.length);
      var constructor = made.getDeclaredConstructor();
      constructor.setAccessible(true);
      return (LongUnaryOperator) constructor.newInstance();
    }
  }

  private static byte[] bytes(Class<?> of) throws IOException {
    String path = "/" + of.getName().replace('.', '/') + ".class";
    try (InputStream in = Objects.requireNonNull(LoopBreakerTest.class.getResourceAsStream(path))) {
      return in.readAllBytes();
    }
  }

  private static LongUnaryOperator woven() throws Exception {
    byte[] woven =
        LoopBreaker.interruptible(bytes(Loops.class), LoopBreakerTest.class.getClassLoader());
    return new Fresh().loops(woven);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aLoopThatEndsDoesWhatItDid(long which) throws Exception {
    assertEquals(new Loops().applyAsLong(which), woven().applyAsLong(which));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -2, -3, -4, -5})
  void aLoopWithoutEndEndsOnAnInterrupt(long which) throws Exception {
    LongUnaryOperator loops = woven();
    CompletableFuture<Long> end = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    end.complete(loops.applyAsLong(which));
                  } catch (IllegalStateException e) {
                    end.completeExceptionally(e);
                  }
                });
    while (thread.getState() == Thread.State.NEW) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> end.get(30, TimeUnit.SECONDS));
    assertInstanceOf(IllegalStateException.class, ended.getCause());
    assertTrue(String.valueOf(ended.getCause().getMessage()).contains("interrupted"));
  }
}
