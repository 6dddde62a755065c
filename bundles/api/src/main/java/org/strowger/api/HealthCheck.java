package org.strowger.api;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A wanted health check, which pools refer to by its name. Its cadence depends on what it found:
 * {@code interval} while it passes, {@code retryInterval} from the first miss until it has failed,
 * {@code downInterval} once it has failed, {@code risingInterval} from the first pass after that.
 *
 * @param type the {@link CheckProvider}'s name
 * @param interval between two starts while it passes
 * @param risingInterval between two starts while it has failed and passes again
 * @param downInterval between two starts while it has failed
 * @param retryInterval between two starts while it has passed and misses
 * @param longestInterval {@code downInterval} doubles up to this while every look fails; equal to
 *     {@code downInterval} if it does not
 * @param timeout of one look
 * @param rise looks in a row that must pass, 1 to 100
 * @param fall looks in a row that must fail, 1 to 100
 * @param address where to look; empty: at the real server
 * @param port where to look, or {@link #PORT_OF_REAL_SERVER}
 * @param source local address to look from; empty: as the kernel chooses
 * @param options of the type
 */
public record HealthCheck(
    String name,
    String type,
    Duration interval,
    Duration risingInterval,
    Duration downInterval,
    Duration retryInterval,
    Duration longestInterval,
    Duration timeout,
    int rise,
    int fall,
    Optional<InetAddress> address,
    int port,
    Optional<InetAddress> source,
    Map<String, Object> options) {
  /** The real server's own port. */
  public static final int PORT_OF_REAL_SERVER = 0;

  public HealthCheck {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }
}
