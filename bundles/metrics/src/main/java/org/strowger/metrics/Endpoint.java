package org.strowger.metrics;

import com.sun.net.httpserver.HttpsConfigurator;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** A listening HTTP server with {@code /metrics}, until it is closed. */
final class Endpoint implements AutoCloseable {
  /** Scrapes answered at once. */
  private static final int THREADS = 2;

  /** Scrapes that wait for a thread; the connection of one more is closed. */
  private static final int WAITING = 16;

  private static final int IDLE_SECONDS = 30;

  private final InetSocketAddress address;
  private final HTTPServer server;

  private Endpoint(InetSocketAddress address, HTTPServer server) {
    this.address = address;
    this.server = server;
  }

  /**
   * Opens it.
   *
   * @param tls where the address is not one of loopback
   * @throws IOException if the address cannot be listened on
   */
  static Endpoint open(
      InetSocketAddress address,
      MultiCollector source,
      Optional<Passwords> passwords,
      Optional<SSLContext> tls)
      throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(source);
    HTTPServer.Builder builder =
        HTTPServer.builder()
            .inetAddress(address.getAddress())
            .port(address.getPort())
            .registry(registry)
            .executorService(threads());
    passwords.ifPresent(builder::authenticator);
    tls.ifPresent(context -> builder.httpsConfigurator(new HttpsConfigurator(context)));
    return new Endpoint(address, builder.buildAndStart());
  }

  private static ThreadPoolExecutor threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("metrics-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    server.close();
  }
}
