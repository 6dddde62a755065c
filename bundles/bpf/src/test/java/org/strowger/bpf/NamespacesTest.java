package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.api.BpfHook;
import org.strowger.api.BpfLink;
import org.strowger.api.KernelException;
import org.strowger.api.Subscription;

/** Real clients and servers, with the program between them: each octet arrives. */
class NamespacesTest {
  private static final int MEGABYTES = Boolean.getBoolean("strowger.long") ? 1_000 : 20;
  private static final int MEGABYTES_OF_XDP = 10;
  private static final String[] SERVICES = {"10.0.0.1", "[2001:db8::1]"};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {Kernel.DIRECT, Kernel.MASQUERADING, Kernel.FULLNAT})
  void everyOctetArrives(int method) throws Exception {
    Segment.run(segment -> everyOctetArrives(segment, method, false));
  }

  /** The way of packets whose checksums the senders' cards have completed, through XDP. */
  @ParameterizedTest
  @ValueSource(ints = {Kernel.DIRECT, Kernel.MASQUERADING, Kernel.FULLNAT})
  void everyOctetArrivesThroughXdp(int method) throws Exception {
    assumeTrue(Segment.present("ethtool"), "ethtool is not installed");
    Segment.run(
        segment -> {
          for (String host : List.of("client", "r1", "r2", "r3")) {
            segment.in(host, "ethtool -K eth0 tx off");
          }
          // The kernel tells XDP of neighbours only where it forwards.
          Segment.sh("sysctl -qw net.ipv4.ip_forward=1");
          Segment.sh("sysctl -qw net.ipv6.conf.all.forwarding=1");
          everyOctetArrives(segment, method, true);
        });
  }

  private void everyOctetArrives(Segment segment, int method, boolean xdp) throws Exception {
    boolean direct = method == Kernel.DIRECT;
    segment.clientsVia(direct ? "straight" : "director");
    if (direct) {
      segment.realsHaveTheService();
    }
    if (method == Kernel.FULLNAT) {
      Segment.sh("ip address add 10.0.1.200/32 dev eth0");
      Segment.sh("ip address add 2001:db8:1::200/128 dev eth0 nodad");
    }
    int megabytes = xdp ? MEGABYTES_OF_XDP : MEGABYTES;
    String sum = body(megabytes);
    for (String real : Segment.REALS) {
      serve(segment, real);
    }
    try (Kernel kernel = Kernel.load();
        Kernel before = xdp ? kernel.beforeIt() : null;
        Subscription _ = Kernel.bpf().measure();
        BpfLink _ = attach(kernel, method);
        BpfLink _ = before == null ? null : before.attachXdp()) {
      for (String service : SERVICES) {
        Set<String> reals = new TreeSet<>();
        for (int i = 0; i < 30; i++) {
          reals.add(curl(segment, service, "name").strip());
        }
        assertEquals(Set.copyOf(Segment.REALS), reals, "each took its share");
        assertEquals(sum, download(segment, service), "down");
        assertEquals("" + megabytes * 1_000_000L, upload(segment, service), "up");
      }
      assertEquals(0, kernel.counter("plane_counters", 0, 64), "nothing was refused for room");
      assertTrue(kernel.counter("counters", 1, 0) >= 32, "connections were counted");
      if (before != null) {
        long seen = before.program().statistics().runs();
        long left = kernel.program().statistics().runs();
        assertTrue(left * 20 < seen, left + " of " + seen + " packets were left to tc");
      }
    }
  }

  /** Octets that are not to be guessed, at all real servers the same; their SHA-256. */
  private String body(int megabytes) throws Exception {
    var digest = java.security.MessageDigest.getInstance("SHA-256");
    Random random = new Random(5);
    byte[] part = new byte[1_000_000];
    try (OutputStream out = Files.newOutputStream(folder.resolve("body"))) {
      for (int i = 0; i < megabytes; i++) {
        random.nextBytes(part);
        out.write(part);
        digest.update(part);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void serve(Segment segment, String real) throws Exception {
    Path root = Files.createDirectory(folder.resolve(real));
    Files.createLink(root.resolve("body"), folder.resolve("body"));
    Files.writeString(root.resolve("name"), real);
    Path configuration = folder.resolve(real + ".conf");
    Files.writeString(
        configuration,
        """
        user root;
        worker_processes 1;
        daemon off;
        pid FOLDER/REAL.pid;
        error_log FOLDER/REAL.log;
        events { worker_connections 256; }
        http {
          access_log off;
          client_max_body_size 2g;
          client_body_temp_path FOLDER/REAL-in;
          proxy_temp_path FOLDER/REAL-proxy;
          fastcgi_temp_path FOLDER/REAL-fastcgi;
          uwsgi_temp_path FOLDER/REAL-uwsgi;
          scgi_temp_path FOLDER/REAL-scgi;
          server {
            listen 80;
            listen [::]:80;
            root FOLDER/REAL;
            location = /up {
              client_body_in_file_only clean;
              proxy_set_header X-Length $content_length;
              proxy_pass http://127.0.0.1:81;
            }
          }
          server {
            listen 127.0.0.1:81;
            location / { return 200 $http_x_length; }
          }
        }
        """
            .replace("FOLDER", folder.toString())
            .replace("REAL", real));
    segment.start(real, "nginx", "-c", configuration.toString());
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!Files.exists(folder.resolve(real + ".pid"))) {
      assertTrue(System.nanoTime() < deadline, "nginx did not start: see its log");
      Thread.sleep(20);
    }
  }

  private static BpfLink attach(Kernel kernel, int method) throws Exception {
    int ifindex = NetworkInterface.getByName("eth0").getIndex();
    kernel.settings(0);
    for (int family = 0; family < 2; family++) {
      int service = 1 + family;
      int[] indexes = new int[3];
      for (int i = 0; i < 3; i++) {
        indexes[i] = 1 + 3 * family + i;
        String address = (family == 0 ? "10.0.1." : "2001:db8:1::") + (i + 1);
        ByteBuffer real = kernel.real(service, method, address, 0);
        kernel.put("reals", indexes[i], real.putInt(56, ifindex).putInt(60, 1500));
      }
      String source = family == 0 ? "10.0.1.200" : "2001:db8:1::200";
      kernel.put("sources", service, Kernel.room(16).put(Kernel.mapped(source)).flip());
      kernel
          .service(service, "tcp", SERVICES[family] + ":80")
          .reals(indexes)
          .sources(service, 1)
          .write();
    }
    return attached(kernel, ifindex);
  }

  private static BpfLink attached(Kernel kernel, int ifindex)
      throws KernelException, ReflectiveOperationException {
    return Kernel.bpf().attach(kernel.program(), BpfHook.TC_INGRESS, ifindex);
  }

  private String curl(Segment segment, String service, String name) throws Exception {
    return segment.in("client", "curl -gsS --fail --max-time 60 http://" + service + "/" + name);
  }

  private String download(Segment segment, String service) throws Exception {
    Path got = folder.resolve("got");
    segment.in(
        "client", "curl -gsS --fail --max-time 60 -o " + got + " http://" + service + "/body");
    var digest = java.security.MessageDigest.getInstance("SHA-256");
    digest.update(Files.readAllBytes(got));
    Files.delete(got);
    return HexFormat.of().formatHex(digest.digest());
  }

  private String upload(Segment segment, String service) throws Exception {
    return segment.in(
        "client",
        "curl -gsS --fail --max-time 60 -H Expect: -T "
            + folder.resolve("body")
            + " http://"
            + service
            + "/up");
  }
}
