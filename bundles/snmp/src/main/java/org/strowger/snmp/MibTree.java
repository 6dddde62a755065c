package org.strowger.snmp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.Null;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;

/**
 * All objects of the agent in their order. It is put together once and never changes: what comes
 * and goes is behind the objects, so that no look-up needs a lock.
 */
final class MibTree {
  private final Subtree[] subtrees;
  private final OID[] roots;

  MibTree(Collection<Subtree> objects) {
    subtrees = objects.toArray(Subtree[]::new);
    Arrays.sort(subtrees, Comparator.comparing(Subtree::root));
    roots = Arrays.stream(subtrees).map(Subtree::root).toArray(OID[]::new);
    for (int i = 1; i < roots.length; i++) {
      if (roots[i].startsWith(roots[i - 1])) {
        throw new IllegalArgumentException(roots[i] + " stands inside " + roots[i - 1]);
      }
    }
  }

  static MibTree ofAllModules(String sysDescr) {
    List<Subtree> objects = new ArrayList<>(StandardObjects.all(sysDescr));
    objects.addAll(LbObjects.all());
    objects.addAll(AlarmObjects.all());
    return new MibTree(objects);
  }

  /** The value, or noSuchObject or noSuchInstance (RFC 3416, 4.2.1). */
  Variable get(Moment moment, View view, OID oid) {
    Subtree subtree = subtree(oid);
    if (subtree == null || !subtree.hasObject(oid) || !view.allows(oid)) {
      return Null.noSuchObject;
    }
    Variable value = subtree.get(moment, oid);
    return value == null ? Null.noSuchInstance : value;
  }

  /** The first instance after {@code oid} in the view, or endOfMibView (RFC 3416, 4.2.2). */
  VariableBinding next(Moment moment, View view, OID oid) {
    OID after = oid;
    for (int i = firstCandidate(oid); i < subtrees.length; ) {
      VariableBinding found = subtrees[i].next(moment, after);
      if (found == null) {
        i++;
      } else if (view.allows(found.getOid())) {
        return found;
      } else {
        after = found.getOid();
      }
    }
    return new VariableBinding(oid, Null.endOfMibView);
  }

  /** The subtree that {@code oid} would be in, or null. */
  @Nullable Subtree subtree(OID oid) {
    int position = Arrays.binarySearch(roots, oid);
    int candidate = position >= 0 ? position : -position - 2;
    return candidate >= 0 && oid.startsWith(roots[candidate]) ? subtrees[candidate] : null;
  }

  private int firstCandidate(OID oid) {
    int position = Arrays.binarySearch(roots, oid);
    return position >= 0 ? position : Math.max(0, -position - 2);
  }
}
