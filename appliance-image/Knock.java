import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Knocks at TCP ports of an address: {@code java Knock.java ADDRESS FIRST LAST}. One line: the ports
 * that opened, how many refused, how many said nothing within 3 s, even when asked once more.
 */
public final class Knock {
  private static final int AT_ONCE = 512;
  private static final int PATIENCE_MILLIS = 3_000;

  public static void main(String[] words) throws InterruptedException {
    var open = ConcurrentHashMap.<Integer>newKeySet();
    var refused = new AtomicInteger();
    var silent = new AtomicInteger();
    var places = new Semaphore(AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int port = Integer.parseInt(words[1]); port <= Integer.parseInt(words[2]); port++) {
        int at = port;
        places.acquire();
        threads.execute(
            () -> {
              switch (knock(words[0], at)) {
                case "open" -> open.add(at);
                case "refused" -> refused.incrementAndGet();
                default -> silent.incrementAndGet();
              }
              places.release();
            });
      }
    }
    System.out.println(
        "open " + new TreeSet<>(open) + ", refused " + refused + ", silent " + silent);
  }

  private static String knock(String address, int port) {
    for (int tries = 0; tries < 2; tries++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
        return "open";
      } catch (SocketTimeoutException nothing) {
        // once more
      } catch (ConnectException said) {
        return "refused";
      } catch (IOException failed) {
        return "silent";
      }
    }
    return "silent";
  }
}
