package org.strowger.sync;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which member is which director, and whether both know that. Any thread.
 *
 * <p>For each contact a director gives the other one a session, a number that nobody can foresee,
 * which all messages of that one must name: what is of an earlier contact, or was recorded and is
 * played again, is of no use. A contact begins when each knows that the other one holds its
 * session; who loses sight of the other gives another session next time. So a link that was cut for
 * one of them only begins anew for both.
 */
final class Contacts {
  private static final Logger LOG = LoggerFactory.getLogger(Contacts.class);

  /** Directors of a name that is not configured, or there already, remembered to be told. */
  private static final int MOST_STRANGERS = 16;

  private final String name;
  private final String release;
  private final Map<String, Peer> peers;
  private final Way way;
  private final SecureRandom random = new SecureRandom();

  /** Sessions given to members that are there. */
  private final Map<String, Long> given = new ConcurrentHashMap<>();

  private final Map<String, String> strangers = new ConcurrentHashMap<>();

  /** Sends to a member; that it is gone is no error. */
  interface Way {
    void send(String member, byte[] octets);
  }

  /**
   * @param name of this director
   * @param release of its software
   * @param peers that are configured, by name
   */
  Contacts(String name, String release, Map<String, Peer> peers, Way way) {
    this.name = name;
    this.release = release;
    this.peers = peers;
    this.way = way;
  }

  /** Members are these from now on. */
  void present(Set<String> members) {
    for (Peer peer : peers.values()) {
      String member = peer.member();
      if (!member.isEmpty() && !members.contains(member)) {
        LOG.atWarn().addKeyValue("peer", peer.name()).log("the director is not reached any more");
        peer.gone();
      }
    }
    strangers.keySet().retainAll(members);
    given.keySet().retainAll(members);
    members.forEach(this::greet);
  }

  /** From time to time: a greeting may be lost when members just come or go. */
  void again(Set<String> members) {
    for (String member : members) {
      if (peer(member).isEmpty()) {
        greet(member);
      }
    }
  }

  /** The director that this member is, if both know each other. */
  Optional<Peer> peer(String member) {
    return peers.values().stream().filter(peer -> peer.is(member)).findFirst();
  }

  /** Whether it is meant for this contact. */
  boolean isOf(String member, Message message) {
    Long mine = given.get(member);
    return mine != null && mine == message.session();
  }

  private long given(String member) {
    return given.computeIfAbsent(member, _ -> draw());
  }

  private long draw() {
    return random.nextLong() | 1; // 0 is none
  }

  private void greet(String member) {
    long known =
        peers.values().stream()
            .mapToLong(peer -> peer.given(member))
            .filter(session -> session != 0)
            .findFirst()
            .orElse(0);
    Message hello =
        Message.of(Message.HELLO, 0)
            .with(Message.NAME, name)
            .with(Message.RELEASE, release)
            .with(Message.SESSION, given(member))
            .with(Message.KNOWN, known);
    if (peer(member).isEmpty()) {
      hello.with(Message.ASKS, 1);
    }
    way.send(member, hello.octets());
  }

  /** A member says who it is; whether a contact begins by that. */
  boolean hello(String member, Message message) {
    String called = message.text(Message.NAME);
    Peer peer = peers.get(called);
    if (peer == null) {
      stranger(member, called, "no director of this name is configured");
      return false;
    }
    boolean knows = message.number(Message.KNOWN) == given(member);
    long its = message.number(Message.SESSION);
    Peer.Greeting greeting = peer.greeted(member, its, knows, message.text(Message.RELEASE));
    switch (greeting) {
      case KNOWN -> {
        if (message.has(Message.ASKS)) {
          greet(member);
        }
      }
      case HALF -> greet(member);
      case LOST -> {
        LOG.atWarn().addKeyValue("peer", called).log("the director lost sight of this one");
        given.put(member, draw()); // what is on its way is of the contact that is over
        greet(member);
      }
      case NEW -> {
        strangers.remove(member);
        LOG.atInfo().addKeyValue("peer", called).log("the director is there");
        greet(member); // before anything else: until then it passes over what it is told
        peer.begin(member, its);
      }
      case TAKEN -> stranger(member, called, "two directors have this name");
    }
    return greeting == Peer.Greeting.NEW;
  }

  private void stranger(String member, String called, String why) {
    if (strangers.size() < MOST_STRANGERS && strangers.put(member, called) == null) {
      LOG.atWarn().addKeyValue("peer", called).log(why);
    }
  }

  /** Names of directors that are there and not configured, or there twice. */
  Set<String> strangers() {
    return Set.copyOf(strangers.values());
  }
}
