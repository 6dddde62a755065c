package org.strowger.configfile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.RevisionSummary;

/** The saved revisions as a service. Refers to nothing: the director cannot start without it. */
@Component(name = "org.strowger.configfile.revisions", service = RevisionStore.class)
public final class RevisionStoreComponent implements RevisionStore {
  private final RevisionFolder folder;
  private final Migrating migrating;

  /** Called by the service component runtime. */
  @Activate
  public RevisionStoreComponent(BundleContext context) {
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    this.folder = new RevisionFolder(Path.of(state, "revisions"));
    this.migrating = Migrating.ofThisProcess(context.getProperty(Migrating.COMMITTED), state);
  }

  @Override
  public Loaded load() {
    Loaded loaded = folder.load();
    return new Loaded(loaded.revision().map(migrating::migrated), loaded.damaged());
  }

  @Override
  public void save(Revision revision) throws IOException {
    folder.save(revision);
  }

  @Override
  public List<RevisionSummary> list() {
    return folder.list();
  }

  @Override
  public Optional<Revision> read(long number) {
    return folder.read(number).map(migrating::migrated);
  }
}
