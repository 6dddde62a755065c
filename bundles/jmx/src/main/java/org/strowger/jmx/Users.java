package org.strowger.jmx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Management.JmxUser;
import org.strowger.api.Role;
import org.strowger.api.SecretFile;

/**
 * The users who may log in. Their passwords are read from their files at each login, so that a
 * changed file needs no restart; a user whose file is missing, or readable by others, does not
 * exist. Any thread.
 */
final class Users {
  private static final Logger LOG = LoggerFactory.getLogger(Users.class);

  private final Path state;
  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private volatile Map<String, JmxUser> configured = Map.of();

  /**
   * @param state folder that relative password files are in
   */
  Users(Path state) {
    this.state = state;
  }

  void configure(Map<String, JmxUser> users) {
    configured = Map.copyOf(users);
    problems.keySet().retainAll(users.keySet());
  }

  /** True if at least one user could log in now. */
  boolean any() {
    return configured.values().stream().anyMatch(user -> password(user).isPresent());
  }

  /** The users who do not exist, and why; looks at their files. */
  List<AlarmCondition> conditions() {
    configured.values().forEach(this::password);
    return problems.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            each ->
                new AlarmCondition(
                    AlarmType.SECRET_MISSING,
                    "user=" + each.getKey() + ",of=jmx",
                    "JMX user " + each.getKey() + " does not exist: " + each.getValue()))
        .toList();
  }

  /** What this user may do now; empty for a user who is not configured. */
  Optional<Role> role(String user) {
    return Optional.ofNullable(configured.get(user)).map(JmxUser::role);
  }

  /** Compares in constant time, and does the same work for a user who does not exist. */
  boolean matches(String user, String password) {
    Optional<String> right = Optional.ofNullable(configured.get(user)).flatMap(this::password);
    boolean equal = MessageDigest.isEqual(digest(right.orElse("")), digest(password));
    return equal && right.isPresent();
  }

  private Optional<String> password(JmxUser user) {
    try {
      String password = SecretFile.read(state, user.passwordFile(), 1);
      problems.remove(user.name());
      return Optional.of(password);
    } catch (IOException e) {
      String problem = String.valueOf(e.getMessage());
      if (!problem.equals(problems.put(user.name(), problem))) {
        LOG.atWarn().addKeyValue("user", user.name()).log("no such JMX user: {}", problem);
      }
      return Optional.empty();
    }
  }

  private static byte[] digest(String text) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return sha.digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
