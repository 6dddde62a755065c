package org.strowger.configfile;

import java.nio.file.Path;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.strowger.api.Change.ImportFile;
import org.strowger.api.ConfigurationFiles;

/** YAML as a service. */
@Component(name = "org.strowger.configfile.yaml", service = ConfigurationFiles.class)
public final class ConfigurationFilesComponent implements ConfigurationFiles {
  private final YamlFiles files;

  /** Called by the service component runtime. */
  @Activate
  public ConfigurationFilesComponent(BundleContext context) {
    String state = context.getProperty("strowger.state");
    this.files =
        state == null
            ? new YamlFiles()
            : new YamlFiles(
                Migrating.ofThisProcess(context.getProperty(Migrating.COMMITTED), state));
  }

  @Override
  public ImportFile read(Path file) {
    return files.read(file);
  }

  @Override
  public String print(Map<String, Object> tree) {
    return files.print(tree);
  }
}
