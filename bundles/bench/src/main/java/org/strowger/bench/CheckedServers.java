package org.strowger.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Thousands of real servers that are looked at, in a process of its own: one socket on all
 * addresses of 127.1.0.0/16, each of which is a real server. It notes when each is looked at, so
 * that what a health checker does is measured at the other end, the same for all of them.
 *
 * <p>Talks by lines: {@code begin} forgets what was noted, {@code end} answers with the figures.
 */
final class CheckedServers {
  private static final int MAX_SERVERS = 1 << 16;
  private static final int MAX_LOOKS = 1 << 21;

  private final long interval;
  private final ServerSocket listening;
  private final long[] last = new long[MAX_SERVERS];
  private final long[] late = new long[MAX_LOOKS];
  private int looks;
  private int gaps;

  private CheckedServers(long interval) throws IOException {
    this.listening = new ServerSocket();
    this.interval = interval;
  }

  /** Words: port, milliseconds between two looks. */
  public static void main(String[] words) throws IOException {
    CheckedServers servers = new CheckedServers(Long.parseLong(words[1]) * 1_000_000);
    servers.listening.setReuseAddress(true);
    servers.listening.bind(new InetSocketAddress(Integer.parseInt(words[0])), 8_192);
    Thread.ofPlatform().daemon().name("accept").start(servers::accept);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      System.out.println(line.equals("begin") ? servers.begin() : servers.end());
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        note(socket.getLocalAddress().getAddress(), System.nanoTime());
        socket.close();
      }
    } catch (IOException closed) {
      System.err.println("no more looks: " + closed);
    }
  }

  private synchronized void note(byte[] address, long now) {
    int server = (address[2] & 0xff) << 8 | (address[3] & 0xff);
    looks++;
    if (last[server] != 0 && gaps < MAX_LOOKS) {
      late[gaps++] = now - last[server] - interval;
    }
    last[server] = now;
  }

  private synchronized String begin() {
    looks = 0;
    gaps = 0;
    Arrays.fill(last, 0);
    return "ok";
  }

  /** Looks, servers, and how much later than the interval after the one before they came. */
  private synchronized String end() {
    long servers = Arrays.stream(last).filter(time -> time != 0).count();
    long[] sorted = Arrays.copyOf(late, gaps);
    Arrays.sort(sorted);
    return looks
        + " "
        + servers
        + " "
        + percentile(sorted, 50)
        + " "
        + percentile(sorted, 99)
        + " "
        + percentile(sorted, 100);
  }

  private static double percentile(long[] sorted, int percent) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.max(0, sorted.length * percent / 100 - 1)] / 1e6;
  }
}
