package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.BpfMap;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionExchange;
import org.strowger.api.ConnectionExchange.Taken;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardedService;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Subscription;

/** What one plane tells and another takes; each over a kernel in memory. */
class ExchangeTest {
  private static final String WEB = "192.0.2.1";
  private static final RealServer A = Lab.real("a", "10.0.0.1");
  private static final RealServer B = Lab.real("b", "10.0.0.2");
  private static final int TAKEN_FLAG = 4;
  private static final int ESTABLISHED = 3;
  private static final int FIN_WAIT = 4;

  @TempDir Path folder;
  private Lab here;
  private Lab there;

  /** What was told, by key. */
  private static final class Told implements ConnectionExchange.Follower {
    final Map<String, byte[]> values = new ConcurrentHashMap<>();
    final List<String> ended = new java.util.concurrent.CopyOnWriteArrayList<>();

    @Override
    public void told(byte[] key, byte[] value) {
      values.put(HexFormat.of().formatHex(key), value);
    }

    @Override
    public void ended(byte[] key) {
      ended.add(HexFormat.of().formatHex(key));
    }

    void to(Lab other, Taken... expected) throws IOException {
      List<Taken> became = new ArrayList<>();
      for (Map.Entry<String, byte[]> each : values.entrySet()) {
        byte[] key = HexFormat.of().parseHex(each.getKey());
        became.add(other.plane.exchange().take(key, each.getValue()));
      }
      assertEquals(List.of(expected), became);
    }
  }

  @BeforeEach
  void open() throws IOException {
    here = new Lab(Files.createDirectory(folder.resolve("here")));
    there = new Lab(Files.createDirectory(folder.resolve("there")));
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  private static void eventually(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, what);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static ForwardedService masqueraded(RealServer... reals) {
    ForwardedService plain = Lab.service("web", WEB, reals);
    return new ForwardedService(
        Services.forwarded(plain.service(), ForwardingMethod.MASQUERADING),
        true,
        plain.realServers(),
        plain.chooser());
  }

  private static int index(Lab lab, RealServer real) {
    return lab.indexes(WEB).stream()
        .filter(each -> lab.realCell(each).address().equals(real.address()))
        .findFirst()
        .orElseThrow();
  }

  private Told all() throws IOException {
    Told told = new Told();
    here.plane.exchange().all(Duration.ZERO, told);
    return told;
  }

  private static ByteBuffer entry(Lab lab, ByteBuffer key) {
    ByteBuffer value = Octets.zeros(Flows.VALUE);
    assertTrue(lab.map("connections").lookup(key, value), "it is there");
    return value;
  }

  private static List<RealServerId> reals(Lab lab) {
    return lab.plane.connections(ConnectionFilter.ALL, 100).stream().map(Connection::real).toList();
  }

  @Test
  void aConnectionKeepsItsRealServerWhateverItsIndexThere() throws Exception {
    here.apply(Lab.service("web", WEB, A, B));
    there.apply(Lab.service("web", WEB, B, A)); // the other way round
    ByteBuffer key = here.connect(WEB, index(here, B));

    all().to(there, Taken.TAKEN);

    assertEquals(List.of(B.id()), reals(there));
    ByteBuffer taken = entry(there, key);
    assertEquals(index(there, B), Flows.real(taken));
    assertEquals(TAKEN_FLAG, taken.get(45));
    assertEquals(ESTABLISHED, Flows.state(taken));
    assertEquals(1000, Flows.octets(taken));
    assertEquals(1, there.plane.loads("web").active(0), "schedulers see it");
    assertEquals(1, there.plane.report().plane().connsHeld());
  }

  @Test
  void ofAMasqueradedOneTheAnswersAreKnownToo() throws Exception {
    here.apply(masqueraded(A, B));
    there.apply(masqueraded(B, A));
    ByteBuffer key = here.connect(WEB, index(here, B));
    // The client's port was taken at the real server: another one is seen there.
    ByteBuffer other = Octets.zeros(Flows.KEY);
    Octets.address(other, 0, B.address());
    Octets.address(other, 16, InetAddress.ofLiteral("198.51.100.7"));
    Octets.port(other, 32, 80);
    Octets.port(other, 34, 40_000);
    other.put(36, (byte) 6);
    ByteBuffer forward = entry(here, key);
    forward.put(47, (byte) ForwardingMethod.MASQUERADING.code());
    Flows.setOther(forward, other);
    here.map("connections").update(key, forward, BpfMap.Mode.ANY);
    here.map("connections").update(other, Flows.back(forward, key), BpfMap.Mode.ANY);

    all().to(there, Taken.TAKEN);

    assertEquals(other, Flows.other(entry(there, key)));
    ByteBuffer back = entry(there, other);
    assertEquals(key, Flows.other(back));
    assertTrue(Flows.reverse(back));
    assertEquals(index(there, B), Flows.real(back));
    assertEquals(FakeNetwork.CARD, back.getInt(40), "the device on the way to the client");
  }

  @Test
  void whatIsToldAgainIsCountedOnce() throws Exception {
    here.apply(Lab.service("web", WEB, A));
    there.apply(Lab.service("web", WEB, A));
    ByteBuffer key = here.connect(WEB, index(here, A));
    all().to(there, Taken.TAKEN);
    ByteBuffer closing = entry(here, key);
    closing.put(44, (byte) FIN_WAIT);
    here.map("connections").update(key, closing, BpfMap.Mode.ANY);

    all().to(there, Taken.TAKEN);
    all().to(there, Taken.TAKEN);

    assertEquals(0, there.plane.loads("web").active(0));
    assertEquals(1, there.plane.loads("web").inactive(0));
    there.plane.exchange().forget(Portable.key(key));
    there.plane.exchange().forget(Portable.key(key));
    assertEquals(0, there.plane.loads("web").inactive(0));
    assertEquals(List.of(), reals(there));
  }

  @Test
  void whatADirectorCarriesItselfIsLeftAlone() throws Exception {
    here.apply(Lab.service("web", WEB, A, B));
    there.apply(Lab.service("web", WEB, A, B));
    here.connect(WEB, index(here, A));
    ByteBuffer same = there.connect(WEB, index(there, B)); // the same client and port

    all().to(there, Taken.OWN);
    there.plane.exchange().forget(Portable.key(same));

    assertEquals(List.of(B.id()), reals(there));
  }

  @Test
  void whatIsNotConfiguredThereIsRefused() throws Exception {
    here.apply(Lab.service("web", WEB, A));
    here.connect(WEB, index(here, A));
    Told told = all();

    told.to(there, Taken.UNKNOWN); // nothing is wanted of the kernel there yet
    there.apply(Lab.service("web", WEB, B));
    told.to(there, Taken.UNKNOWN);
    there.apply(masqueraded(A));
    told.to(there, Taken.UNKNOWN); // the real server is reached by another method
    assertEquals(List.of(), reals(there));
  }

  @Test
  void aFollowerIsToldOfBeginAndEndOnceAndAgainOfWhatLives() throws Exception {
    here.apply(Lab.service("web", WEB, A));
    Told told = new Told();
    Subscription following = here.plane.exchange().follow(Duration.ZERO, told);
    ByteBuffer key = here.connect(WEB, index(here, A));
    String name = HexFormat.of().formatHex(Portable.key(key));
    eventually(() -> told.values.containsKey(name), "it began");
    told.values.clear();

    // A packet comes when a quarter of its idle time is over since it was told.
    ByteBuffer value = entry(here, key);
    long later = System.nanoTime() + Duration.ofHours(1).toNanos();
    value.putLong(8, later);
    here.map("connections").update(key, value, BpfMap.Mode.ANY);
    eventually(() -> here.plane.exchange().held().own() == 1, "a look");
    value.put(44, (byte) FIN_WAIT);
    here.map("connections").update(key, value, BpfMap.Mode.ANY);
    eventually(() -> told.values.containsKey(name), "another state");

    value.put(44, (byte) 8);
    here.map("connections").update(key, value, BpfMap.Mode.ANY);
    eventually(() -> told.ended.equals(List.of(name)), "it ended");
    following.close();
    here.connect(WEB, index(here, A));
    eventually(() -> here.plane.exchange().held().own() == 0, "nobody looks any more");
    assertEquals(1, told.values.size());
  }

  @Test
  void ofOtherDirectorsNothingIsToldUnlessEverythingIsAsked() throws Exception {
    here.apply(Lab.service("web", WEB, A));
    there.apply(Lab.service("web", WEB, A));
    here.connect(WEB, index(here, A));
    Told told = new Told();
    Subscription following = there.plane.exchange().follow(Duration.ZERO, told);
    all().to(there, Taken.TAKEN);
    eventually(() -> there.plane.exchange().held().taken() == 1, "a look");
    assertEquals(0, there.plane.exchange().held().own());
    assertEquals(Map.of(), told.values);
    Told everything = new Told();
    there.plane.exchange().all(Duration.ZERO, everything);
    assertEquals(1, everything.values.size());
    following.close();
  }

  @Test
  void whatIsAtAnAddressThatAnotherDirectorHasNowIsItsOwnNoMore() throws Exception {
    here.apply(Lab.service("web", WEB, A, B));
    Set<InetAddress> floating = Set.of(InetAddress.ofLiteral(WEB));
    there.applyFloating(floating, Lab.service("web", WEB, A, B)); // it was active, and is not
    there.connect(WEB, index(there, A));
    Told told = new Told();
    Subscription following = there.plane.exchange().follow(Duration.ZERO, told);
    eventually(() -> there.plane.exchange().held().taken() == 1, "a look");
    assertEquals(Map.of(), told.values, "it is not told as its own");
    assertEquals(A.id(), reals(there).getFirst());

    here.connect(WEB, index(here, B)); // the same client and port, at another real server now
    all().to(there, Taken.TAKEN);
    assertEquals(List.of(B.id()), reals(there));
    following.close();
  }

  @Test
  void whatTheKernelWritesWhileAnAddressIsGivenUpIsNotUndone() throws Exception {
    InetAddress address = InetAddress.ofLiteral(WEB);
    there.applyFloating(Set.of(address), Lab.service("web", WEB, A)); // it was active, and is not
    ByteBuffer key = there.connect(WEB, index(there, A));
    FakeMap connections = there.map("connections");
    AtomicLong packets = new AtomicLong();
    connections.afterLookup =
        read -> {
          if (read.equals(key)) {
            connections.add(read, 16, 1); // of its answers
            packets.incrementAndGet();
          }
        };
    Subscription following = there.plane.exchange().follow(Duration.ZERO, new Told());
    eventually(() -> there.plane.exchange().held().taken() == 1, "a look");
    following.close();
    connections.afterLookup = _ -> {};
    eventually(() -> Flows.packets(entry(there, key)) == packets.get(), "every packet counts");
  }

  @Test
  void aLookThatTheMachineHeldUpDoesNotDelayTheNextOne() throws Exception {
    here.apply(Lab.service("web", WEB, A));
    here.connect(WEB, index(here, A));
    FakeMap connections = here.map("connections");
    connections.afterLookup =
        _ -> {
          connections.afterLookup = _ -> {};
          LockSupport.parkNanos(Duration.ofSeconds(2).toNanos()); // it had no processor
        };
    Subscription following = here.plane.exchange().follow(Duration.ZERO, new Told());
    eventually(() -> here.plane.exchange().held().own() == 1, "the look that takes long");
    here.connect(WEB, index(here, A));
    eventually(() -> here.plane.exchange().held().own() == 2, "the next one");
    following.close();
  }

  @Test
  void anAddressThatComesBackBringsAConnectionWhenItsClientSends() throws Exception {
    InetAddress address = InetAddress.ofLiteral(WEB);
    there.applyFloating(Set.of(address), Lab.service("web", WEB, A, B));
    ByteBuffer key = there.connect(WEB, index(there, A));
    Told told = new Told();
    ConnectionExchange exchange = there.plane.exchange();
    Subscription following = exchange.follow(Duration.ZERO, told);
    eventually(() -> exchange.held().taken() == 1, "a look");

    there.network.addAddress(FakeNetwork.CARD, address, 32);
    there.connect(WEB, index(there, B)); // a new one is its own at once
    eventually(() -> exchange.held().equals(new ConnectionExchange.Held(1, 1)), "a look");
    assertEquals(1, told.values.size());

    ByteBuffer value = entry(there, key);
    value.putLong(8, System.nanoTime());
    there.map("connections").update(key, value, BpfMap.Mode.EXISTING);
    eventually(() -> exchange.held().equals(new ConnectionExchange.Held(2, 0)), "it has sent");
    eventually(() -> told.values.size() == 2, "and is told");
    following.close();
  }

  @Test
  void thatAnAddressIsElsewhereIsSeenWithoutALookAtAllConnections() throws Exception {
    here.apply(Lab.service("web", WEB, A, B));
    InetAddress address = InetAddress.ofLiteral(WEB);
    there.applyFloating(Set.of(address), Lab.service("web", WEB, A, B));
    there.network.addAddress(FakeNetwork.CARD, address, 32);
    there.connect(WEB, index(there, A));
    here.connect(WEB, index(here, B)); // the same client and port
    Told told = all();
    told.to(there, Taken.OWN);
    there.network.removeAddress(FakeNetwork.CARD, address, 32);
    byte[] key = HexFormat.of().parseHex(told.values.keySet().iterator().next());
    byte[] value = told.values.values().iterator().next();
    ConnectionExchange to = there.plane.exchange(); // nobody follows it: it never looks
    eventually(
        () -> {
          try {
            return to.take(key, value) == Taken.TAKEN;
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        "it is that of the other one");
    assertEquals(List.of(B.id()), reals(there));
  }

  @Test
  void ofServicesAtAnAddressThatIsElsewhereNoSourcesAreTold() throws Exception {
    InetAddress away = InetAddress.ofLiteral("192.0.2.2");
    here.applyFloating(
        Set.of(away), Lab.service("web", WEB, A), Lab.service("away", "192.0.2.2", A));
    for (String address : List.of(WEB, "192.0.2.2")) {
      ByteBuffer place = Octets.zeros(20);
      Octets.address(place, 0, InetAddress.ofLiteral("198.51.100.0"));
      place.putInt(16, here.cell(address).orElseThrow().index());
      int real = here.indexes(address).getFirst();
      ByteBuffer source = Octets.zeros(16).putInt(0, real).putLong(8, System.nanoTime());
      here.map("persistence").update(place, source, BpfMap.Mode.ANY);
    }
    Told told = new Told();
    Subscription following = here.plane.exchange().follow(Duration.ZERO, told);
    eventually(() -> !told.values.isEmpty(), "a look");
    here.connect(WEB, index(here, A));
    eventually(() -> told.values.size() > 1, "another one");
    following.close();
    List<String> services =
        told.values.entrySet().stream()
            .filter(
                each -> Portable.kind(HexFormat.of().parseHex(each.getKey())) == Portable.SOURCE)
            .map(
                each ->
                    Portable.source(HexFormat.of().parseHex(each.getKey()), each.getValue())
                        .orElseThrow()
                        .service())
            .toList();
    assertEquals(List.of("web"), services);
  }

  @Test
  void whatWasTakenAndNeverNeededEndsWithoutBeingCounted() throws Exception {
    here.apply(Lab.service("web", WEB, A));
    there.apply(Lab.service("web", WEB, A));
    ByteBuffer key = here.connect(WEB, index(here, A));
    Portable.Connection plain =
        Portable.connection(all().values.values().iterator().next()).orElseThrow();
    Portable.Connection old =
        new Portable.Connection(
            plain.service(),
            plain.real(),
            plain.method(),
            plain.state(),
            Duration.ofHours(9).toNanos(),
            Duration.ofHours(8).toNanos(),
            1,
            1,
            Optional.empty(),
            0,
            0);
    assertEquals(Taken.TAKEN, there.plane.exchange().take(Portable.key(key), Portable.value(old)));
    ByteBuffer value = Octets.zeros(Flows.VALUE);
    eventually(() -> !there.map("connections").lookup(key, value), "it ends");
    // A later look has ended another one: by then the first one would be counted.
    ByteBuffer own = there.connect(WEB, index(there, A));
    ByteBuffer idle = entry(there, own);
    idle.putLong(8, System.nanoTime() - Duration.ofHours(8).toNanos());
    there.map("connections").update(own, idle, BpfMap.Mode.ANY);
    eventually(
        () -> there.plane.report().services().get("web").connsTimedOut() > 0, "its own counts");
    assertEquals(1, there.plane.report().services().get("web").connsTimedOut());
  }

  @Test
  void youngConnectionsAreLeftOutIfThatIsWanted() throws Exception {
    here.apply(Lab.service("web", WEB, A));
    here.connect(WEB, index(here, A));
    Told told = new Told();
    here.plane.exchange().all(Duration.ofHours(1), told);
    assertEquals(Map.of(), told.values);
  }

  @Test
  void aRememberedSourceKeepsToItsRealServer() throws Exception {
    here.apply(Lab.service("web", WEB, A, B));
    there.apply(Lab.service("web", WEB, B, A));
    ByteBuffer place = Octets.zeros(20);
    Octets.address(place, 0, InetAddress.ofLiteral("198.51.100.0"));
    place.putInt(16, here.cell(WEB).orElseThrow().index());
    ByteBuffer source = Octets.zeros(16).putInt(0, index(here, B)).putLong(8, System.nanoTime());
    here.map("persistence").update(place, source, BpfMap.Mode.ANY);

    all().to(there, Taken.TAKEN);
    all().to(there, Taken.OWN); // it is no newer

    ByteBuffer taken = Octets.zeros(16);
    place.putInt(16, there.cell(WEB).orElseThrow().index());
    assertTrue(there.map("persistence").lookup(place, taken));
    assertEquals(index(there, B), taken.getInt(0));
  }

  @Test
  void whatIsDamagedIsRefusedAndNothingIsThrown() throws Exception {
    here.apply(Lab.service("web", WEB, A));
    there.apply(Lab.service("web", WEB, A));
    ByteBuffer key = here.connect(WEB, index(here, A));
    byte[] portable = Portable.key(key);
    byte[] value = all().values.values().iterator().next();
    ConnectionExchange to = there.plane.exchange();
    for (int length = 0; length < portable.length; length++) {
      assertEquals(Taken.DAMAGED, to.take(Arrays.copyOf(portable, length), value));
    }
    assertEquals(Taken.DAMAGED, to.take(portable, new byte[0]));
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = value.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      to.take(portable, damaged);
      damaged = portable.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      to.take(damaged, value);
    }
  }

  @Test
  void aLaterReleaseMayTellMore() {
    Portable.Connection told =
        new Portable.Connection(
            "web",
            A.id(),
            ForwardingMethod.MASQUERADING.code(),
            ESTABLISHED,
            1,
            2,
            3,
            4,
            Optional.of(new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 9)),
            5,
            6);
    byte[] value = Portable.value(told);
    byte[] later = Arrays.copyOf(value, value.length + 4);
    later[value.length] = (byte) 250;
    later[value.length + 1] = 2;
    assertEquals(Optional.of(told), Portable.connection(later));
  }
}
