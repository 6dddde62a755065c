package org.strowger.itest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Processes for network namespaces. {@code serve PORT} answers each line by itself; {@code hold
 * COUNT ADDRESS:PORT...} opens so many connections to each, says a line on each again and again,
 * and answers every line of its standard input by {@code ROUNDS LOST}. A connection is lost when it
 * ends or nothing comes for half a minute.
 */
final class Lines {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int PAUSE_MILLIS = 5;

  private static final class Held {
    private final Socket socket;
    private final BufferedReader in;
    private boolean lost;

    Held(String place) throws IOException {
      int colon = place.lastIndexOf(':');
      socket =
          new Socket(
              InetAddress.ofLiteral(place.substring(0, colon)),
              Integer.parseInt(place, colon + 1, place.length(), 10));
      socket.setSoTimeout(PATIENCE_MILLIS);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Whether the line came back. */
    boolean say(long round) {
      try {
        String line = "round " + round;
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        return line.equals(in.readLine());
      } catch (IOException e) {
        System.err.println(socket.getLocalSocketAddress() + ": " + e);
        return false;
      }
    }
  }

  private Lines() {}

  public static void main(String[] words) throws IOException {
    if (words[0].equals("serve")) {
      serve(Integer.parseInt(words[1]));
      return;
    }
    List<Held> all = new ArrayList<>();
    for (int i = 2; i < words.length; i++) {
      for (int n = 0; n < Integer.parseInt(words[1]); n++) {
        all.add(new Held(words[i]));
      }
    }
    AtomicLong rounds = new AtomicLong();
    AtomicLong lost = new AtomicLong();
    Thread.ofPlatform().daemon().start(() -> hold(all, rounds, lost));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (in.readLine() != null) {
      System.out.println(rounds.get() + " " + lost.get());
    }
  }

  private static void hold(List<Held> all, AtomicLong rounds, AtomicLong lost) {
    try {
      while (true) {
        for (Held each : all) {
          if (!each.lost && !each.say(rounds.get())) {
            each.lost = true;
            lost.incrementAndGet();
          }
        }
        rounds.incrementAndGet();
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void serve(int port) throws IOException {
    try (ServerSocket server = new ServerSocket(port, 512)) {
      System.out.println("ready");
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> answer(client));
      }
    }
  }

  private static void answer(Socket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      System.err.println("a client went: " + e);
    }
  }
}
