package org.strowger.snmp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Management.SnmpUser;
import org.strowger.api.SecretFile;

/**
 * Reads the passphrases of the users. A user whose files are missing, open to others or too short
 * does not exist, and the log says why, once. Used by the agent's thread only.
 */
final class PassphraseFiles {
  /** Characters of a passphrase, at least (RFC 3414, 11.2). */
  static final int SHORTEST = 8;

  private static final Logger log = LoggerFactory.getLogger(PassphraseFiles.class);

  private final Path stateFolder;
  private final Map<String, String> problems = new HashMap<>();

  PassphraseFiles(Path stateFolder) {
    this.stateFolder = stateFolder;
  }

  /** The users that exist now, by name. */
  Map<String, Credentials> read(Collection<SnmpUser> users) {
    Map<String, Credentials> existing = new LinkedHashMap<>();
    for (SnmpUser user : users) {
      try {
        String auth = passphrase(user.authPassphraseFile());
        String priv = passphrase(user.privPassphraseFile());
        existing.put(user.name(), new Credentials(user, auth, priv));
        problems.remove(user.name());
      } catch (IOException e) {
        complain(user.name(), Objects.toString(e.getMessage(), e.toString()));
      }
    }
    problems.keySet().removeIf(name -> users.stream().noneMatch(u -> u.name().equals(name)));
    return existing;
  }

  /** Users that do not exist, and why. */
  List<AlarmCondition> conditions() {
    return problems.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            each ->
                new AlarmCondition(
                    AlarmType.SECRET_MISSING,
                    "user=" + each.getKey() + ",of=snmp",
                    "SNMP user " + each.getKey() + " does not exist: " + each.getValue()))
        .toList();
  }

  private void complain(String user, String problem) {
    if (!problem.equals(problems.put(user, problem))) {
      log.atWarn().addKeyValue("user", user).log("SNMP user does not exist: {}", problem);
    }
  }

  private String passphrase(Path file) throws IOException {
    return SecretFile.read(stateFolder, file, SHORTEST);
  }
}
