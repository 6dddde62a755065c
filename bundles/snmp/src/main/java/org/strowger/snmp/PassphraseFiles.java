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
import org.strowger.api.Management.SnmpCommunity;
import org.strowger.api.Management.SnmpUser;
import org.strowger.api.SecretFile;

/**
 * Reads the passphrases of the users, and communities. One whose files are missing, open to others
 * or too short does not exist, and the log says why, once. Used by the agent's thread only.
 */
final class PassphraseFiles {
  /** Characters of a passphrase, at least (RFC 3414, 11.2). */
  static final int SHORTEST = 8;

  private static final String USER = "user=";
  private static final String COMMUNITY = "community=";
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
        problems.remove(USER + user.name());
      } catch (IOException e) {
        complain(USER + user.name(), Objects.toString(e.getMessage(), e.toString()));
      }
    }
    forgetOthers(USER, users.stream().map(SnmpUser::name).toList());
    return existing;
  }

  /** The communities that exist now, by name. */
  Map<String, Community> readCommunities(Collection<SnmpCommunity> communities) {
    Map<String, Community> existing = new LinkedHashMap<>();
    for (SnmpCommunity each : communities) {
      try {
        existing.put(each.name(), new Community(each, passphrase(each.communityFile())));
        problems.remove(COMMUNITY + each.name());
      } catch (IOException e) {
        complain(COMMUNITY + each.name(), Objects.toString(e.getMessage(), e.toString()));
      }
    }
    forgetOthers(COMMUNITY, communities.stream().map(SnmpCommunity::name).toList());
    return existing;
  }

  private void forgetOthers(String kind, List<String> names) {
    problems
        .keySet()
        .removeIf(each -> each.startsWith(kind) && !names.contains(each.substring(kind.length())));
  }

  /** Users and communities that do not exist, and why. */
  List<AlarmCondition> conditions() {
    return problems.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            each ->
                new AlarmCondition(
                    AlarmType.SECRET_MISSING,
                    each.getKey() + ",of=snmp",
                    "SNMP %s does not exist: %s"
                        .formatted(each.getKey().replace('=', ' '), each.getValue())))
        .toList();
  }

  private void complain(String who, String problem) {
    if (!problem.equals(problems.put(who, problem))) {
      log.atWarn().addKeyValue("who", who).log("SNMP: it does not exist: {}", problem);
    }
  }

  private String passphrase(Path file) throws IOException {
    return SecretFile.read(stateFolder, file, SHORTEST);
  }
}
