package org.strowger.upgrade;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.UpgradeRequest;
import org.strowger.api.UpgradeState;

/** A process that upgrades itself from the first word to the last, to be killed on the way. */
final class KilledBox {
  private KilledBox() {}

  /** Folder, package, then the jars that run before. */
  public static void main(String[] words) throws Exception {
    TestFramework felix = new TestFramework(Path.of(words[0]), false);
    Supplier<Map<String, String>> evidence = () -> Map.of(Evidence.PLANES, "relay");
    felix
        .context()
        .registerService(
            Supplier.class,
            evidence,
            FrameworkUtil.asDictionary(
                Map.of(Gate.EVIDENCE, "true", Constants.SERVICE_RANKING, 100)));
    for (int i = 2; i < words.length; i++) {
      felix.install(Path.of(words[i])).start();
    }
    TestFramework.await(
        "the upgrade", () -> felix.context().getServiceReference(InServiceUpgrade.class) != null);
    InServiceUpgrade upgrade =
        felix.context().getService(felix.context().getServiceReference(InServiceUpgrade.class));
    Origin origin = new Origin(OriginKind.SHELL, "noc", "");
    upgrade.request(new UpgradeRequest.Stage(Path.of(words[1]), false), origin);
    upgrade.request(new UpgradeRequest.Activate(Duration.ofMinutes(1), false), origin);
    TestFramework.await("trial", () -> upgrade.status().state() == UpgradeState.TRIAL);
    upgrade.request(new UpgradeRequest.Commit(), origin);
    Thread.sleep(60_000); // to be killed
  }
}
