package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Zabbix with a database cluster of its own and its API by PHP's own server; for one test. */
final class ZabbixServer implements AutoCloseable {
  /** Makes the database and the files; what it leaves is below its folder. */
  private static final String PREPARE =
      """
      set -e
      bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
      mkdir pg && chown postgres pg
      su postgres -s /bin/sh -c "$bin/initdb -A trust -E UTF8 --no-locale -D $PWD/pg/data" >/dev/null
      su postgres -s /bin/sh -c "$bin/pg_ctl -w -D $PWD/pg/data -l $PWD/pg/log \
          -o \\"-k $PWD/pg -c listen_addresses='' -c fsync=off\\" start" >/dev/null
      export PGHOST=$PWD/pg PGUSER=postgres
      createdb zabbix
      for part in schema images data; do
        zcat /usr/share/zabbix-server-pgsql/$part.sql.gz | psql -q -v ON_ERROR_STOP=1 zabbix >/dev/null
      done
      cat > server.conf <<END
      DBHost=$PWD/pg
      DBName=zabbix
      DBUser=postgres
      LogType=file
      LogFile=$PWD/server.log
      PidFile=$PWD/server.pid
      SocketDir=$PWD
      ListenIP=127.0.0.1
      ListenPort=$1
      AllowRoot=1
      CacheUpdateFrequency=2
      StartPollers=2
      StartDiscoverers=0
      StartHTTPPollers=0
      END
      cp -rL /usr/share/zabbix web 2>/dev/null || true
      rm -rf web/conf && mkdir web/conf
      cp /usr/share/zabbix/conf/maintenance.inc.php web/conf/
      # Debian's looks for it in /etc only.
      sed -i "s#/etc/zabbix/zabbix.conf.php#$PWD/web/conf/zabbix.conf.php#" \
          web/include/classes/core/CConfigFile.php
      cat > web/conf/zabbix.conf.php <<END
      <?php
      \\$DB['TYPE'] = 'POSTGRESQL';
      \\$DB['SERVER'] = '$PWD/pg';
      \\$DB['PORT'] = '0';
      \\$DB['DATABASE'] = 'zabbix';
      \\$DB['USER'] = 'postgres';
      \\$DB['PASSWORD'] = '';
      \\$DB['SCHEMA'] = '';
      \\$DB['ENCRYPTION'] = false;
      \\$DB['DOUBLE_IEEE754'] = true;
      \\$ZBX_SERVER = '127.0.0.1';
      \\$ZBX_SERVER_PORT = '$1';
      END
      """;

  private static final String END =
      """
      bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
      su postgres -s /bin/sh -c "$bin/pg_ctl -w -m immediate -D $PWD/pg/data stop" >/dev/null 2>&1
      """;

  private static final Pattern ITEM =
      Pattern.compile(
          "\"itemid\":\"(\\d+)\",\"name\":\"([^\"]*)\",\"state\":\"(\\d)\",\"error\":\"([^\"]*)\","
              + "\"lastvalue\":\"([^\"]*)\"");

  private final Path folder;
  private final URI api;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Process> processes = new ArrayList<>();
  private String session = "";

  private ZabbixServer(Path folder, int apiPort) {
    this.folder = folder;
    this.api = URI.create("http://127.0.0.1:" + apiPort + "/api_jsonrpc.php");
  }

  static ZabbixServer start(int port, int apiPort) throws Exception {
    // Where the user postgres may go.
    Path folder = Files.createDirectory(Path.of("/tmp/strowger-zabbix-" + port));
    ZabbixServer server = new ZabbixServer(folder, apiPort);
    try {
      Tools.Output made = server.shell(PREPARE, "" + port);
      assertEquals(0, made.code(), made.text());
      server.run("zabbix_server", "-f", "-c", folder.resolve("server.conf").toString());
      server.run("php", "-S", "127.0.0.1:" + apiPort, "-t", folder.resolve("web").toString());
      Rig.until(server::logIn, () -> "the API does not answer: " + server.session);
      Path log = folder.resolve("server.log");
      Rig.until(() -> Files.exists(log), () -> "Zabbix does not start: see " + folder + "/log");
      return server;
    } catch (Exception | AssertionError e) {
      server.close();
      throw e;
    }
  }

  private Tools.Output shell(String script, String... arguments) throws IOException {
    Path file = Files.writeString(folder.resolve("script"), script);
    String words = "cd '%s' && sh %s %s 2>&1".formatted(folder, file, String.join(" ", arguments));
    return Tools.run(Map.of(), List.of("sh", "-c", words));
  }

  private void run(String... command) throws IOException {
    String words = "exec %s >>'%s/log' 2>&1".formatted(String.join(" ", command), folder);
    processes.add(Tools.start(Map.of(), List.of("sh", "-c", words)));
  }

  private boolean logIn() {
    try {
      String answer = call("user.login", "{\"user\":\"Admin\",\"password\":\"zabbix\"}");
      Matcher result = Pattern.compile("\"result\":\"([^\"]+)\"").matcher(answer);
      session = result.find() ? "\"" + result.group(1) + "\"" : answer;
      return session.startsWith("\"");
    } catch (IOException notYet) {
      return false;
    }
  }

  private String call(String method, String parameters) throws IOException {
    String auth = session.startsWith("\"") ? session : "null";
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"auth\":%s,\"params\":%s}"
            .formatted(method, auth, parameters);
    try {
      return client
          .send(
              HttpRequest.newBuilder(api)
                  .header("Content-Type", "application/json-rpc")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private String done(String method, String parameters) throws IOException {
    String answer = call(method, parameters);
    assertTrue(answer.contains("\"result\""), method + ": " + answer);
    return answer;
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  void importTemplate(String yaml) throws IOException {
    String all = "{\"createMissing\":true,\"updateExisting\":true}";
    String rules = "";
    for (String each :
        List.of("groups", "templates", "items", "triggers", "discoveryRules", "valueMaps")) {
      rules += (rules.isEmpty() ? "" : ",") + "\"" + each + "\":" + all;
    }
    done(
        "configuration.import",
        "{\"format\":\"yaml\",\"rules\":{%s},\"source\":%s}".formatted(rules, quoted(yaml)));
  }

  private static String first(String answer, String key) {
    Matcher found = Pattern.compile("\"" + key + "\":\\[?\"(\\d+)\"").matcher(answer);
    assertTrue(found.find(), key + " in " + answer);
    return found.group(1);
  }

  void addHost(String name, int port, String user, String auth, String priv) throws IOException {
    String template =
        first(done("template.get", "{\"filter\":{\"host\":\"Strowger by SNMP\"}}"), "templateid");
    String group = first(done("hostgroup.get", "{\"limit\":1}"), "groupid");
    // authPriv (2), SHA256 (3), AES128 (1)
    done(
        "host.create",
        """
        { "host": "%s",
          "groups": [ { "groupid": "%s" } ],
          "templates": [ { "templateid": "%s" } ],
          "interfaces": [
            { "type": 2, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": "", "port": "%d",
              "details": {
                "version": 3, "bulk": 1, "securityname": "%s", "securitylevel": 2,
                "authprotocol": 3, "authpassphrase": "%s",
                "privprotocol": 1, "privpassphrase": "%s" } } ] }
        """
            .formatted(name, group, template, port, user, auth, priv));
  }

  private List<Matcher> items() throws IOException {
    String answer =
        done(
            "item.get",
            """
            { "host": "lab-1",
              "output": [ "itemid", "name", "state", "error", "lastvalue" ] }
            """);
    List<Matcher> all = new ArrayList<>();
    for (String each : answer.split("\\{")) {
      Matcher item = ITEM.matcher(each);
      if (item.find()) {
        all.add(item);
      }
    }
    return all;
  }

  /** The last value of each item, by its name. */
  Map<String, String> values() throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    items().forEach(item -> values.put(item.group(2).replace("\\/", "/"), item.group(5)));
    return values;
  }

  /** Items that Zabbix could not make sense of, and why. */
  List<String> unsupported() throws IOException {
    return items().stream()
        .filter(item -> item.group(3).equals("1"))
        .map(item -> item.group(2) + ": " + item.group(4))
        .toList();
  }

  /** What it said last. */
  String log() throws IOException {
    return Tools.run(Map.of(), List.of("sh", "-c", "tail -40 '" + folder + "'/server.log")).text();
  }

  /** Rules of discovery and items are not waited for. */
  void checkNow() throws IOException {
    List<String> ids = new ArrayList<>();
    Matcher rules =
        Pattern.compile("\"itemid\":\"(\\d+)\"")
            .matcher(done("discoveryrule.get", "{\"host\":\"lab-1\",\"output\":[\"itemid\"]}"));
    while (rules.find()) {
      ids.add(rules.group(1));
    }
    items().forEach(item -> ids.add(item.group(1)));
    List<String> tasks =
        ids.stream().map(id -> "{\"type\":6,\"request\":{\"itemid\":\"" + id + "\"}}").toList();
    call("task.create", "[" + String.join(",", tasks) + "]"); // refused until the server knows them
  }

  @Override
  public void close() throws IOException {
    processes.forEach(Process::destroy);
    Rig.until(
        () -> processes.stream().noneMatch(Process::isAlive), () -> "Zabbix or PHP does not end");
    shell(END);
    client.close();
    Tools.run(Map.of(), List.of("rm", "-rf", folder.toString()));
  }
}
