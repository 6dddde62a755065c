package org.strowger.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The configuration of each program that takes part. */
final class Configurations {
  private Configurations() {}

  /** A real server: one worker, answers that never end a connection by themselves. */
  static String realServer(Target listen, Path folder, Path documents, int descriptors) {
    return """
    daemon off;
    user root;
    worker_processes 1;
    worker_rlimit_nofile %d;
    pid %s/pid;
    error_log stderr error;
    events { worker_connections %d; }
    http {
      access_log off;
      sendfile on;
      sendfile_max_chunk 2m;
      open_file_cache max=16;
      keepalive_timeout 1d;
      keepalive_requests 1000000000;
      reset_timedout_connection on;
      client_body_temp_path %s/body;
      proxy_temp_path %s/proxy;
      fastcgi_temp_path %s/fastcgi;
      uwsgi_temp_path %s/uwsgi;
      scgi_temp_path %s/scgi;
      server { listen %s backlog=16384; root %s; }
    }
    """
        .formatted(
            descriptors,
            folder,
            descriptors - 100,
            folder,
            folder,
            folder,
            folder,
            folder,
            listen,
            documents);
  }

  static String haproxy(Target http, Target sink, Place place) {
    return """
    global
      nbthread 2
      maxconn %d
      maxpipes 512
    defaults
      mode tcp
      option splice-auto
      maxconn %d
      backlog 16384
      timeout connect 5s
      timeout client 1h
      timeout server 1h
    listen http
      bind %s
      balance roundrobin
    %s
    listen sink
      bind %s
      balance roundrobin
    %s
    """
        .formatted(
            Descriptors.holdable(place.descriptors()),
            Descriptors.holdable(place.descriptors()),
            http,
            numbered("  server real%d %s", place.http()),
            sink,
            numbered("  server real%d %s", place.sinks()));
  }

  static String nginxStream(Target http, Target sink, Place place, Path folder, Path module) {
    return """
    load_module %s;
    daemon off;
    user root;
    worker_processes 2;
    worker_rlimit_nofile %d;
    pid %s/pid;
    error_log stderr error;
    events { worker_connections %d; }
    stream {
      proxy_timeout 1h;
      upstream http {
    %s
      }
      upstream sink {
    %s
      }
      server { listen %s backlog=16384 reuseport; proxy_pass http; }
      server { listen %s backlog=16384 reuseport; proxy_pass sink; }
    }
    """
        .formatted(
            module,
            place.descriptors(),
            folder,
            place.descriptors() - 100,
            numbered("    server %2$s;", place.http()),
            numbered("    server %2$s;", place.sinks()),
            http,
            sink);
  }

  static String director(Target http, Target sink, Place place) {
    return """
    pools:
      http:
        realServers:
    %s
      sink:
        realServers:
    %s
    virtualServices:
      http: { address: %s, port: %d, pool: http, scheduler: rr, forwarding: relay }
      sink: { address: %s, port: %d, pool: sink, scheduler: rr, forwarding: relay }
    """
        .formatted(
            realServers(place.http()),
            realServers(place.sinks()),
            http.address(),
            http.port(),
            sink.address(),
            sink.port());
  }

  static String realServers(List<Target> all) {
    return IntStream.range(0, all.size())
        .mapToObj(
            i ->
                "      real%d: { address: %s, port: %d }"
                    .formatted(i + 1, all.get(i).address(), all.get(i).port()))
        .collect(Collectors.joining("\n"));
  }

  private static String numbered(String format, List<Target> all) {
    return IntStream.range(0, all.size())
        .mapToObj(i -> format.formatted(i + 1, all.get(i)))
        .collect(Collectors.joining("\n"));
  }
}
