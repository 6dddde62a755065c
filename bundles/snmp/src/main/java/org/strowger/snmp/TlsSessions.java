package org.strowger.snmp;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.TlsAddress;

/**
 * Who is connected by TLS: those who have not shown yet who they are, and the sessions of managers.
 * Each has its own bound, so that strangers who connect and say nothing take no manager's place.
 * Any thread.
 */
final class TlsSessions {
  /** Handshakes at once; with the next the oldest is given up. */
  static final int HANDSHAKES = 32;

  /** Sessions at once; the next is not opened. */
  static final int SESSIONS = 128;

  /** Sessions of one source address. */
  static final int SESSIONS_OF_A_SOURCE = 16;

  /** In the order in which they came. */
  private final Set<TlsConnection> handshakes = new LinkedHashSet<>();

  private final Map<TlsAddress, TlsConnection> sessions = new HashMap<>();

  /** Takes a connection that begins its handshake; returns who has to make way for it. */
  synchronized Optional<TlsConnection> begin(TlsConnection connection) {
    Optional<TlsConnection> oldest =
        handshakes.size() < HANDSHAKES
            ? Optional.empty()
            : Optional.of(handshakes.iterator().next());
    oldest.ifPresent(handshakes::remove);
    handshakes.add(connection);
    return oldest;
  }

  /** Makes a session of a handshake that is done; false if there is no room, or it was given up. */
  synchronized boolean open(TlsConnection connection) {
    if (!handshakes.remove(connection)) {
      return false;
    }
    InetAddress source = connection.peer().getInetAddress();
    long ofSource =
        sessions.keySet().stream().filter(at -> at.getInetAddress().equals(source)).count();
    if (sessions.size() >= SESSIONS || ofSource >= SESSIONS_OF_A_SOURCE) {
      return false;
    }
    sessions.put(connection.peer(), connection);
    return true;
  }

  synchronized void remove(TlsConnection connection) {
    handshakes.remove(connection);
    sessions.remove(connection.peer(), connection);
  }

  synchronized @Nullable TlsConnection session(TlsAddress at) {
    return sessions.get(at);
  }

  synchronized List<TlsConnection> sessions() {
    return List.copyOf(sessions.values());
  }

  /** Sessions, and those whose handshake goes on. */
  synchronized List<TlsConnection> all() {
    List<TlsConnection> all = new ArrayList<>(handshakes);
    all.addAll(sessions.values());
    return all;
  }
}
