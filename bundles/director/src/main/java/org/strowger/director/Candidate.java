package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Change;
import org.strowger.api.ChangeSet;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.OriginKind;
import org.strowger.api.Revision;
import org.strowger.api.Violation;

/**
 * What the configuration would be after a change set, and everything that speaks against it.
 *
 * @param configuration present if there are neither violations nor conflicts
 * @param lastImport the operator's file as last imported, after this change
 */
record Candidate(
    Map<String, Object> tree,
    Optional<Configuration> configuration,
    Optional<Revision.ImportedFile> lastImport,
    List<Violation> violations,
    List<String> conflicts) {

  /** Works a candidate out; pure. */
  static Candidate of(
      ChangeSet changes,
      Revision current,
      Plugins plugins,
      LongFunction<Optional<Revision>> revisions) {
    Building building =
        new Building(current, revisions, changes.origin().kind() == OriginKind.FILE);
    changes.changes().forEach(building::add);
    List<Violation> violations = building.violations;
    Optional<Configuration> configuration = Optional.empty();
    if (building.conflicts.isEmpty()) {
      violations.addAll(TreeCheck.check(building.tree, Shape.ROOT));
      if (violations.isEmpty()) {
        Configuration read = ConfigurationReader.read(building.tree);
        violations.addAll(HookRules.one(building.tree));
        violations.addAll(TrackShape.one(building.tree));
        violations.addAll(Rules.check(read, plugins, current.tree()));
        configuration = violations.isEmpty() ? Optional.of(read) : Optional.empty();
      }
    }
    return new Candidate(
        building.tree,
        configuration,
        building.lastImport,
        violations.stream().map(building::located).toList(),
        building.conflicts);
  }

  private static final class Building {
    private final LongFunction<Optional<Revision>> revisions;
    private final boolean operatorsFile;
    private final List<Violation> violations = new ArrayList<>();
    private final List<String> conflicts = new ArrayList<>();
    private Map<String, Object> tree;
    private Optional<Revision.ImportedFile> lastImport;
    private Change.@Nullable ImportFile file;

    Building(Revision current, LongFunction<Optional<Revision>> revisions, boolean operatorsFile) {
      this.operatorsFile = operatorsFile;
      this.tree = current.tree();
      this.lastImport = current.lastImport();
      this.revisions = revisions;
    }

    void add(Change change) {
      switch (change) {
        case Change.Put put -> put(put);
        case Change.Remove remove -> tree = Trees.remove(tree, remove.path());
        case Change.Rollback rollback -> rollback(rollback.revision());
        case Change.ImportFile read -> importFile(read);
        case Change.Confirm _, Change.Resync _, Change.Acknowledge _ -> {
          // They change no key: see Commits.
        }
      }
    }

    /** A key below an entry that does not exist would make a half entry: name the entry instead. */
    private void put(Change.Put put) {
      KeyPath path = put.path();
      Key key = Shape.ROOT;
      for (int depth = 0; depth < path.keys().size() - 1; depth++) {
        KeyPath here = new KeyPath(path.keys().subList(0, depth + 1));
        if (key instanceof Key.Named && Trees.get(tree, here) == null) {
          Object siblings = Trees.get(tree, new KeyPath(path.keys().subList(0, depth)));
          violations.add(
              Violation.of(
                  here,
                  path.keys().get(depth),
                  "an existing name, of: " + String.join(", ", Trees.branch(siblings).keySet())));
          return;
        }
        key =
            switch (key) {
              case Key.Named named -> named.each();
              case Key.Branch branch ->
                  branch.keys().getOrDefault(path.keys().get(depth), Shape.ROOT);
              case Key.Open open -> open;
              case Key.Leaf leaf -> leaf;
            };
      }
      tree = Trees.put(tree, path, put.value());
    }

    private void rollback(long number) {
      Optional<Revision> older = revisions.apply(number);
      if (older.isEmpty()) {
        violations.add(
            Violation.of(KeyPath.of("rollback"), number, "the number of a kept, whole revision"));
      } else {
        tree = older.get().tree();
      }
    }

    private void importFile(Change.ImportFile read) {
      file = read;
      violations.addAll(read.problems());
      if (!operatorsFile || !read.problems().isEmpty()) {
        tree = read.tree(); // a file applied by hand replaces what runs
        return;
      }
      Map<String, Object> base = lastImport.map(Revision.ImportedFile::tree).orElse(Map.of());
      Merge merge = Merge.of(base, read.tree(), tree);
      conflicts.addAll(merge.conflicts());
      // A file that is wrong is told so as it stands, not as it would be after the merge.
      List<Violation> wrong = TreeCheck.check(read.tree(), Shape.ROOT);
      tree = wrong.isEmpty() ? merge.tree() : read.tree();
      if (!wrong.isEmpty()) {
        conflicts.clear();
      }
      lastImport = Optional.of(new Revision.ImportedFile(read.digest(), read.tree()));
    }

    /** The violation with the file's line of its key, or of the nearest key above it. */
    private Violation located(Violation violation) {
      Change.ImportFile read = file;
      if (read == null || !violation.where().isEmpty()) {
        return violation;
      }
      for (int n = violation.path().keys().size(); n > 0; n--) {
        Integer line = read.lines().get(new KeyPath(violation.path().keys().subList(0, n)));
        if (line != null) {
          return violation.at(read.file() + ":" + line);
        }
      }
      return violation.at(read.file());
    }
  }
}
