package org.strowger.itest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Debian's nginx and HAProxy, both as web servers that take the PROXY protocol and answer with the
 * client's address, and HAProxy as a proxy in front of a director.
 */
final class ProxyPeers implements AutoCloseable {
  final int nginx = Plan.free(1);
  final int haproxy = Plan.free(1);
  final int frontV1 = Plan.free(1);
  final int frontV2 = Plan.free(1);
  private final Path folder;
  private final Process web;
  private final Process proxy;

  /**
   * Starts them and waits until they listen.
   *
   * @param behind port of the virtual service behind HAProxy
   */
  ProxyPeers(Path folder, int behind) throws Exception {
    this.folder = Files.createDirectories(folder);
    web =
        start(
            "nginx",
            nginx(),
            List.of("nginx", "-p", folder.toString(), "-e", "error.log", "-c", "nginx.conf"));
    proxy = start("haproxy", haproxy(behind), List.of("haproxy", "-db", "-f", "haproxy.conf"));
    for (int port : List.of(nginx, haproxy, frontV1, frontV2)) {
      Lab.await("port " + port + " of " + output(), () -> listens(port));
    }
  }

  private Process start(String name, String configuration, List<String> command)
      throws IOException {
    Files.writeString(folder.resolve(name + ".conf"), configuration);
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".out").toFile())
        .start();
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("nginx.out"))
        + Files.readString(folder.resolve("haproxy.out"));
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private String nginx() {
    return """
    daemon off;
    master_process off;
    pid nginx.pid;
    error_log error.log;
    events { worker_connections 128; }
    http {
      access_log off;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      server {
        listen 127.0.0.1:%1$d proxy_protocol;
        listen [::1]:%1$d proxy_protocol;
        return 200 "client $proxy_protocol_addr port $proxy_protocol_port\\n";
      }
    }
    """
        .formatted(nginx);
  }

  private String haproxy(int behind) {
    return """
    global
      maxconn 128
    defaults
      timeout connect 30s
      timeout client 30s
      timeout server 30s
    frontend web
      mode http
      bind 127.0.0.1:%1$d accept-proxy
      bind [::1]:%1$d accept-proxy
      http-request return status 200 content-type text/plain lf-string "client %%[src] port %%[src_port]"
    listen front-v1
      mode tcp
      bind 127.0.0.1:%2$d
      server director 127.0.0.1:%4$d send-proxy
    listen front-v2
      mode tcp
      bind 127.0.0.1:%3$d
      server director 127.0.0.1:%4$d send-proxy-v2
    """
        .formatted(haproxy, frontV1, frontV2, behind);
  }

  @Override
  public void close() {
    for (Process peer : List.of(proxy, web)) {
      peer.destroyForcibly().onExit().join();
    }
  }
}
