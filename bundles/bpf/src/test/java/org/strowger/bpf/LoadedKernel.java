package org.strowger.bpf;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a class of fixtures one loaded program, with nothing in its maps before each of them. */
final class LoadedKernel implements ParameterResolver, BeforeEachCallback {
  private static final Namespace MINE = Namespace.create(LoadedKernel.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType().equals(Kernel.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return kernel(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    kernel(context).reset();
  }

  /** Closed by JUnit with the store of the class. */
  private static Kernel kernel(ExtensionContext context) {
    ExtensionContext ofClass =
        context.getTestMethod().isPresent() ? context.getParent().orElseThrow() : context;
    return ofClass
        .getStore(Namespace.create(MINE, context.getRequiredTestClass()))
        .computeIfAbsent(Kernel.class, _ -> load(), Kernel.class);
  }

  private static Kernel load() {
    try {
      return Kernel.load();
    } catch (RuntimeException e) {
      throw e; // an assumption that does not hold stays one
    } catch (Exception e) {
      throw new IllegalStateException("the program cannot be loaded", e);
    }
  }
}
