package org.strowger.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.AlarmCondition;
import org.strowger.testkit.FakeDirector;

/** What follows the configuration: the link, its secret, alarms. */
class SyncServiceTest {
  @TempDir private Path state;
  private final Wire wire = new Wire();
  private final FakeDirector director = new FakeDirector("a");
  private final List<String> secrets = new CopyOnWriteArrayList<>();

  private SyncService service() {
    SyncService service =
        new SyncService(
            state,
            "1.0",
            (wanted, name, secret, ear) -> {
              secrets.add(name + " " + new String(secret, java.nio.charset.StandardCharsets.UTF_8));
              return wire.open(ear);
            });
    service.attach(director);
    service.start();
    return service;
  }

  private void secret(String text) throws IOException {
    Path file = state.resolve("sync.key");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private String alarms() {
    return director.reported().getOrDefault("sync", List.of()).stream()
        .map(AlarmCondition::text)
        .toList()
        .toString();
  }

  @Test
  void whoIsAloneTellsNobodyAndIsNoAlarm() throws Exception {
    try (SyncService service = service()) {
      LinkTest.await(
          "it was said", () -> director.reported().getOrDefault("sync", List.of()).isEmpty());
      assertEquals(false, service.state().wanted());
      assertTrue(service.state().behind().isEmpty());
      assertEquals(List.of(), secrets);
    }
  }

  @Test
  void withoutASecretItSaysWhichFileAndBeginsWhenItIsThere() throws Exception {
    director.tellOthers();
    try (SyncService service = service()) {
      LinkTest.await("the alarm", () -> alarms().contains("there is no file"));
      assertTrue(service.state().behind().orElse("").contains("sync.key"), "and it is behind");
      secret("one of sixteen and more");
      LinkTest.await("the link", () -> secrets.equals(List.of("lab-1 one of sixteen and more")));
      LinkTest.await("the other alarm", () -> alarms().contains("director lab-2 is not reached"));
      secret("exchanged, for one that left");
      LinkTest.await(
          "the new secret", () -> secrets.contains("lab-1 exchanged, for one that left"));
    }
  }

  @Test
  void aSecretThatGoesIsUsedOnWithAnAlarm() throws Exception {
    secret("one of sixteen and more");
    director.tellOthers();
    Table table = new Table();
    try (SyncService service = service()) {
      service.came(table);
      LinkTest.await("the link", table::followed);
      Files.delete(state.resolve("sync.key"));
      LinkTest.await("the alarm", () -> alarms().contains("there is no file"));
      assertTrue(table.followed(), "the link stays");
      assertEquals(1, secrets.size());
      assertEquals(Map.of(), table.taken);
    }
    assertEquals(false, table.followed());
  }
}
