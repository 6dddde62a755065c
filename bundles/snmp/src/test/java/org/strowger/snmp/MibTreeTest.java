package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snmp4j.agent.DefaultMOContextScope;
import org.snmp4j.agent.DefaultMOQuery;
import org.snmp4j.agent.DuplicateRegistrationException;
import org.snmp4j.agent.ManagedObject;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;

/** The server of managed objects. */
class MibTreeTest {
  private static final OctetString CONTEXT = new OctetString();
  private static final OID FIXED = Oids.below(Oids.STG_MGMT, 500);
  private static final int ROUNDS = 3_000;

  private static ManagedSubtree object(OID root) {
    return new ManagedSubtree(new Scalar(root, moment -> Smi.gauge(1)));
  }

  private static @Nullable ManagedObject<?> at(MibTree tree, OID oid) {
    return tree.lookup(
        new DefaultMOQuery(new DefaultMOContextScope(CONTEXT, oid, true, oid, true)));
  }

  private static @Nullable ManagedObject<?> after(MibTree tree, OID oid) {
    return tree.lookup(
        new DefaultMOQuery(new DefaultMOContextScope(CONTEXT, oid, false, null, false)));
  }

  /** DefaultMOServer fails at this: ConcurrentModificationException. */
  @Test
  void lookUpsGoOnWhileObjectsComeAndGo() throws Exception {
    MibTree tree = new MibTree(List.of());
    ManagedSubtree fixed = object(FIXED);
    tree.register(fixed, CONTEXT);
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(1);
    try {
      Future<Integer> lookUps = threads.submit(() -> lookUp(tree, fixed, done));
      for (int i = 0; i < ROUNDS; i++) {
        ManagedSubtree other = object(Oids.below(Oids.STG_MGMT, i % 400));
        tree.register(other, CONTEXT);
        assertEquals(other, tree.unregister(other, CONTEXT));
      }
      done.set(true);
      assertEquals(0, wrong(lookUps));
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  private static int wrong(Future<Integer> lookUps)
      throws ExecutionException, InterruptedException {
    return lookUps.get();
  }

  private static int lookUp(MibTree tree, ManagedSubtree fixed, AtomicBoolean done) {
    int wrong = 0;
    do {
      for (int i = 0; i < 100; i++) {
        if (!fixed.equals(at(tree, Oids.below(FIXED, 0)))
            || !fixed.equals(after(tree, Oids.below(Oids.STG_MGMT, 450)))) {
          wrong++;
        }
      }
    } while (!done.get());
    return wrong;
  }

  @Test
  void objectInsideAnotherIsRefusedAndChangesNothing() throws DuplicateRegistrationException {
    MibTree tree = new MibTree(List.of());
    ManagedSubtree fixed = object(FIXED);
    tree.register(fixed, CONTEXT);
    assertThrows(
        DuplicateRegistrationException.class,
        () -> tree.register(object(Oids.below(FIXED, 1)), CONTEXT));
    assertThrows(
        DuplicateRegistrationException.class, () -> tree.register(object(Oids.STG), CONTEXT));
    assertEquals(fixed, at(tree, Oids.below(FIXED, 1, 2)));
  }

  @Test
  void nothingIsFoundOutsideOfTheObjectsAndBeyondTheLast() throws DuplicateRegistrationException {
    MibTree tree = new MibTree(List.of());
    tree.register(object(FIXED), CONTEXT);
    assertNull(at(tree, Oids.STG));
    assertNull(at(tree, FIXED.nextPeer()));
    assertNull(after(tree, FIXED.nextPeer()));
  }
}
