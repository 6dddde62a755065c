package org.strowger.launcher;

import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a question before each backward jump in the classes of plug-ins (bundles that offer a
 * scheduler or a check): was this thread interrupted? If so, an {@link IllegalStateException} ends
 * the call. Java can stop no thread from outside; so a loop without end can be ended all the same,
 * by those who look after calls that do not come back. It costs a plain read a turn.
 *
 * <p>Called on any thread that loads a class. A class that cannot be changed is loaded as it is.
 */
final class LoopBreaker implements WeavingHook, AllServiceListener {
  /**
   * What a plug-in's manifest names among what it provides. bnd writes it for components; who
   * registers a service by code has to name it.
   */
  private static final List<String> PLUG_INS =
      List.of("org.strowger.api.SchedulerProvider", "org.strowger.api.CheckProvider");

  /** The schedulers that come: they are called on the threads that carry traffic. */
  static final String LISTENS_TO = "(objectClass=" + PLUG_INS.getFirst() + ")";

  private static final String HEADER = "Provide-Capability";
  private static final ClassDesc THREAD = ClassDesc.of("java.lang.Thread");
  private static final ClassDesc FAILURE = ClassDesc.of("java.lang.IllegalStateException");
  private static final MethodTypeDesc CURRENT = MethodTypeDesc.of(THREAD);
  private static final MethodTypeDesc ASK = MethodTypeDesc.of(ConstantDescs.CD_boolean);
  private static final MethodTypeDesc BECAUSE =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);

  private static final Logger log = LoggerFactory.getLogger(LoopBreaker.class);

  @Override
  public void weave(WovenClass woven) {
    BundleWiring wiring = woven.getBundleWiring();
    if (!isPlugIn(wiring.getBundle())) {
      return;
    }
    try {
      woven.setBytes(interruptible(woven.getBytes(), wiring.getClassLoader()));
      log.atDebug()
          .addKeyValue("class", woven.getClassName())
          .addKeyValue("version", wiring.getBundle().getVersion())
          .log("its loops end on an interrupt");
    } catch (RuntimeException e) { // the framework would refuse the class
      log.atWarn()
          .addKeyValue("class", woven.getClassName())
          .setCause(e)
          .log("its loops cannot be made to end on an interrupt");
    }
  }

  /** Says which scheduler came of a bundle that does not name it, and so was loaded as it is. */
  @Override
  public void serviceChanged(ServiceEvent event) {
    Bundle bundle = event.getServiceReference().getBundle();
    if (event.getType() == ServiceEvent.REGISTERED && bundle != null && !isPlugIn(bundle)) {
      log.atWarn()
          .addKeyValue("bundle", bundle.getSymbolicName())
          .addKeyValue("version", bundle.getVersion())
          .log(
              "offers a scheduler that its manifest does not name in Provide-Capability:"
                  + " a loop without end in it could not be ended");
    }
  }

  private static boolean isPlugIn(Bundle bundle) {
    String provided = bundle.getHeaders("").get(HEADER);
    return provided != null && PLUG_INS.stream().anyMatch(provided::contains);
  }

  /**
   * The class with the question in it.
   *
   * @param loader where the classes it knows are found
   */
  static byte[] interruptible(byte[] bytes, @Nullable ClassLoader loader) {
    ClassHierarchyResolver known = ClassHierarchyResolver.defaultResolver();
    ClassHierarchyResolver resolver =
        loader == null ? known : known.orElse(inside(loader)).cached();
    ClassFile file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver));
    return file.transformClass(
        file.parse(bytes),
        ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Loops::new)));
  }

  private static ClassHierarchyResolver inside(ClassLoader loader) {
    return ClassHierarchyResolver.ofResourceParsing(
        name -> {
          String path = name.descriptorString();
          InputStream found =
              loader.getResourceAsStream(path.substring(1, path.length() - 1) + ".class");
          return found;
        });
  }

  /** Of one method: a label that was seen already lies behind. */
  private static final class Loops implements CodeTransform {
    private final Set<Label> behind = new HashSet<>();

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      switch (element) {
        case LabelTarget target -> behind.add(target.label());
        case BranchInstruction jump -> ask(code, List.of(jump.target()));
        case TableSwitchInstruction jump ->
            ask(code, jump.cases().stream().map(SwitchCase::target).toList());
        case LookupSwitchInstruction jump ->
            ask(code, jump.cases().stream().map(SwitchCase::target).toList());
        default -> {}
      }
      code.with(element);
    }

    private void ask(CodeBuilder code, List<Label> targets) {
      if (targets.stream().noneMatch(behind::contains)) {
        return;
      }
      Label on = code.newLabel();
      code.invokestatic(THREAD, "currentThread", CURRENT)
          .invokevirtual(THREAD, "isInterrupted", ASK)
          .ifeq(on)
          .new_(FAILURE)
          .dup()
          .ldc("interrupted in a loop: the call took too long")
          .invokespecial(FAILURE, ConstantDescs.INIT_NAME, BECAUSE)
          .athrow()
          .labelBinding(on);
    }
  }
}
