package org.strowger.metrics;

import com.sun.net.httpserver.BasicAuthenticator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Management.MetricsUser;
import org.strowger.api.SecretFile;

/**
 * HTTP's basic authentication. Passwords are read from their files at each request, so that a
 * changed file needs no restart; a user whose file is missing, or readable by others, does not
 * exist. Any thread.
 */
final class Passwords extends BasicAuthenticator {
  private static final Logger LOG = LoggerFactory.getLogger(Passwords.class);

  private final Path state;
  private final Map<String, MetricsUser> users;
  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private final LongAdder refused;

  /**
   * For the users of one configuration.
   *
   * @param state folder that relative files are in
   * @param refused counts the requests with a wrong user or password
   */
  Passwords(Path state, Map<String, MetricsUser> users, LongAdder refused) {
    super("Strowger", StandardCharsets.UTF_8);
    this.state = state;
    this.users = Map.copyOf(users);
    this.refused = refused;
  }

  /** Compares in constant time, and does the same work for a user who does not exist. */
  @Override
  public boolean checkCredentials(String name, String password) {
    MetricsUser user = users.get(name);
    String right = user == null ? null : read(user);
    boolean equal =
        MessageDigest.isEqual(
            (right == null ? "" : right).getBytes(StandardCharsets.UTF_8),
            password.getBytes(StandardCharsets.UTF_8));
    if (right != null && equal) {
      return true;
    }
    refused.increment();
    return false;
  }

  private @Nullable String read(MetricsUser user) {
    try {
      String password = SecretFile.read(state, user.passwordFile(), 1);
      problems.remove(user.name());
      return password;
    } catch (IOException e) {
      String problem = String.valueOf(e.getMessage());
      if (!problem.equals(problems.put(user.name(), problem))) {
        LOG.atWarn().addKeyValue("user", user.name()).log("no such user of metrics: {}", problem);
      }
      return null;
    }
  }
}
