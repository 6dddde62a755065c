package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.HeldConnections;
import org.strowger.testkit.ShortConnections;
import org.strowger.testkit.TestRealServer;

/** What a newcomer and an operator do first, against the real distribution. */
class FirstLightTest {
  @TempDir private Path folder;

  static String ask(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write('w');
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
  }

  @Test
  void threeConnectionsReachThreeRealServers() throws Exception {
    try (Lab lab = new Lab(folder, "")) {
      Set<String> answered = new TreeSet<>();
      for (int i = 0; i < 3; i++) {
        answered.add(ask(lab.port));
      }
      assertEquals(Set.of("a", "b", "c"), answered);
    }
  }

  @Test
  void aKilledRealServerCostsOnlyTheConnectionsItHeld() throws Exception {
    try (Lab lab = new Lab(folder, "");
        ShortConnections brief = ShortConnections.start(lab.port, 100);
        HeldConnections held = HeldConnections.open(lab.port, 30)) {
      Lab.await("traffic flows", () -> brief.done() > 100 && held.blocks() > 60);
      TestRealServer victim = lab.reals.get(1);
      String shown = lab.cli("show", "connections");
      long heldByVictim = shown.lines().filter(l -> l.contains("web/b")).count();
      victim.close();
      Socket place = new Socket(); // so that no stranger gets the port meanwhile, and answers there
      place.setReuseAddress(true);
      Lab.await("the port is free", () -> bound(place, victim.port()));
      long dead = System.nanoTime();
      Lab.await("b is down", () -> lab.cli("show", "alarms").contains("realDown"));
      long before = brief.done();
      Lab.await("traffic flows", () -> brief.done() > before + 200);
      assertTrue(held.lost().size() <= heldByVictim, held.lost() + " of " + heldByVictim);
      assertEquals(List.of(), brief.failuresBegunAfter(dead), "new ones avoid it");
      place.close();
      try (TestRealServer back = TestRealServer.start("b", victim.port())) {
        Lab.await("b is back", () -> !lab.cli("show", "alarms").contains("realDown"));
        Lab.await("b is used", () -> back.accepted() > 3);
      }
    }
  }

  /** Takes a port; false while its listening socket still closes. */
  private static boolean bound(Socket place, int port) throws IOException {
    try {
      place.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (BindException stillThere) {
      return false;
    }
  }

  @Test
  void drainedRealServerKeepsItsConnectionsAndGetsNoNewOnes() throws Exception {
    try (Lab lab = new Lab(folder, "");
        HeldConnections held = HeldConnections.open(lab.port, 12)) {
      Lab.await("traffic flows", () -> held.blocks() > 24);
      lab.cli("drain", "real-server", "web/a");
      for (int i = 0; i < 30; i++) {
        assertTrue(Set.of("b", "c").contains(ask(lab.port)));
      }
      long before = held.blocks();
      Lab.await("held ones go on", () -> held.blocks() > before + 48);
      assertEquals(0, held.lost().size(), held.lost().toString());
      lab.cli("resume", "real-server", "web/a");
      Lab.await("a is used again", () -> ask(lab.port).equals("a"));
    }
  }

  @Test
  void whatWasSetSurvivesAKill() throws Exception {
    Lab lab = new Lab(folder, "");
    try {
      lab.cli("set", "weight", "web/a", "7");
      lab.director.kill();
      try (DirectorProcess again = DirectorProcess.restart(lab.distribution, folder)) {
        String shown = again.cli("show", "real-servers", "--json").out();
        assertTrue(shown.contains("\"weight\":7") || shown.contains("\"weight\": 7"), shown);
      }
    } finally {
      lab.close();
    }
  }

  @Test
  void damagedNewestRevisionFallsBackToTheLastWholeOneAndSaysSo() throws Exception {
    Lab lab = new Lab(folder, "");
    try {
      lab.cli("set", "weight", "web/a", "7");
      lab.director.close();
      Path newest;
      try (var files = Files.list(folder.resolve("state/revisions"))) {
        newest = files.sorted().reduce((first, last) -> last).orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(newest);
      bytes[bytes.length / 2] ^= 1;
      Files.write(newest, bytes);
      try (DirectorProcess again = DirectorProcess.restart(lab.distribution, folder)) {
        assertTrue(again.cli("show", "alarms").out().contains("revisionDamaged"));
        assertTrue(again.cli("show", "services").out().contains("web"));
      }
    } finally {
      lab.close();
    }
  }
}
