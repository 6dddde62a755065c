package org.strowger.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import javax.management.Attribute;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Assertions;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;

/** A director that runs a {@link Plan}, with its operator beside it. */
final class RelayLab implements AutoCloseable {
  final Distribution distribution = Distribution.ofThisRepository();
  final Plan plan;
  final Path folder;
  final DirectorProcess director;
  private final int jmx = Plan.free(1);

  RelayLab(Path folder, Plan plan) throws IOException, InterruptedException {
    this.folder = folder;
    this.plan = plan;
    Path state = Files.createDirectories(folder.resolve("state"));
    Path secret = Files.writeString(state.resolve("jmx"), Lab.PASSWORD + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    director = DirectorProcess.start(distribution, folder, plan.file(jmx));
  }

  int port(String service) {
    return plan.port(service);
  }

  /** A command of the operator that must succeed. */
  String cli(String... words) throws IOException, InterruptedException {
    DirectorProcess.Answer answer = director.cli(words);
    Assertions.assertEquals(0, answer.code(), String.join(" ", words) + ": " + answer.out());
    return answer.out();
  }

  /** A number that was observed or counted of a virtual service. */
  long counted(String service, String attribute) throws Exception {
    return ((Number) attribute(name("Service", "name=\"" + service + "\""), attribute)).longValue();
  }

  /** How often a connection of the service ended up so. */
  long verdicts(String service, String verdict) throws Exception {
    Object all = attribute(name("Service", "name=\"" + service + "\""), "Verdicts");
    return ((Number) ((CompositeData) all).get(verdict)).longValue();
  }

  void awaitVerdicts(String service, String verdict, long count) throws Exception {
    Lab.await(
        service + " counts " + count + " " + verdict, () -> verdicts(service, verdict) == count);
  }

  void awaitCounted(String service, String attribute, long count) throws Exception {
    Lab.await(
        service + " counts " + count + " " + attribute, () -> counted(service, attribute) == count);
  }

  /** A number that was observed or counted of a real server. */
  long counted(String pool, String real, String attribute) throws Exception {
    return ((Number) attribute(real(pool, real), attribute)).longValue();
  }

  void weight(String pool, String real, long weight) throws Exception {
    Lab.jmx(
        jmx,
        server -> {
          server.setAttribute(real(pool, real), new Attribute("Weight", weight));
          return weight;
        });
  }

  /** Where a client would go. */
  String explain(String service) throws Exception {
    return Lab.jmx(
        jmx,
        server ->
            String.valueOf(
                server.invoke(
                    name("Service", "name=\"" + service + "\""),
                    "explain",
                    new Object[] {"127.0.0.1:1"},
                    new String[] {String.class.getName()})));
  }

  /** While the director's bundle is replaced its objects are away for a moment. */
  private Object attribute(ObjectName name, String attribute) throws Exception {
    Lab.await(name + " is there", () -> Lab.jmx(jmx, server -> server.isRegistered(name)));
    return Lab.jmx(jmx, server -> server.getAttribute(name, attribute));
  }

  private static ObjectName real(String pool, String real) throws Exception {
    return name("Real", "pool=\"" + pool + "\",name=\"" + real + "\"");
  }

  private static ObjectName name(String type, String keys) throws Exception {
    return new ObjectName("org.strowger:type=" + type + "," + keys);
  }

  boolean alarmed(String type, String resource) throws IOException, InterruptedException {
    return cli("show", "alarms")
        .lines()
        .anyMatch(line -> line.contains(type) && line.contains(resource));
  }

  @Override
  public void close() {
    director.close();
  }
}
