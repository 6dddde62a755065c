package org.strowger.jmx;

import java.util.List;
import java.util.Map;
import javax.management.ImmutableDescriptor;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.OpenMBeanOperationInfo;
import javax.management.openmbean.OpenMBeanOperationInfoSupport;
import javax.management.openmbean.OpenMBeanParameterInfo;
import javax.management.openmbean.OpenMBeanParameterInfoSupport;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import org.strowger.api.Role;

/**
 * One operation of a kind of MBean; its parameters are texts.
 *
 * @param impact {@link MBeanOperationInfo#INFO} or {@link MBeanOperationInfo#ACTION}
 * @param role the least role that may call it
 */
record Operation<S>(
    String name,
    String description,
    List<Parameter> parameters,
    OpenType<?> returns,
    int impact,
    Role role,
    Action<S> action) {

  /** A parameter: a text. */
  record Parameter(String name, String description) {}

  /** What it does; throws IllegalArgumentException or IllegalStateException with plain text. */
  interface Action<S> {
    Object run(S view, DirectorDoor door, List<String> arguments);
  }

  OpenMBeanOperationInfo info() {
    OpenMBeanParameterInfo[] signature =
        parameters.stream()
            .map(p -> new OpenMBeanParameterInfoSupport(p.name, p.description, SimpleType.STRING))
            .toArray(OpenMBeanParameterInfo[]::new);
    return new OpenMBeanOperationInfoSupport(
        name,
        description,
        signature,
        returns,
        impact,
        new ImmutableDescriptor(Map.of("role", role.word())));
  }
}
