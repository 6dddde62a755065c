package org.strowger.jmx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Management.JmxUser;
import org.strowger.api.Role;

/**
 * The users who may log in. Their passwords are read from their files at each login, so that a
 * changed file needs no restart; a user whose file is missing, or readable by others, does not
 * exist. Any thread.
 */
final class Users {
  /** Longest password file, in bytes. */
  static final int FILE_LIMIT = 4_096;

  private static final Logger LOG = LoggerFactory.getLogger(Users.class);
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

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
    Path file = state.resolve(user.passwordFile());
    String problem;
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (!OWNER.containsAll(permissions)) {
        problem = "its permissions are " + PosixFilePermissions.toString(permissions);
      } else if (Files.size(file) > FILE_LIMIT) {
        problem = "it is longer than " + FILE_LIMIT + " bytes";
      } else {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        String line = text.lines().findFirst().orElse("");
        problem = line.isEmpty() ? "its first line is empty" : "";
        if (problem.isEmpty()) {
          problems.remove(user.name());
          return Optional.of(line);
        }
      }
    } catch (IOException e) {
      problem = "it cannot be read: " + e;
    }
    report(user.name(), file, problem);
    return Optional.empty();
  }

  private void report(String user, Path file, String problem) {
    if (!problem.equals(problems.put(user, problem))) {
      LOG.atWarn()
          .addKeyValue("user", user)
          .addKeyValue("file", file)
          .addKeyValue("problem", problem)
          .log("no such JMX user: the password file must be rw for its owner only");
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
