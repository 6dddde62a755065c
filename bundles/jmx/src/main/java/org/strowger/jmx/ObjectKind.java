package org.strowger.jmx;

import java.util.List;
import java.util.Optional;
import javax.management.MBeanNotificationInfo;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.OpenMBeanConstructorInfo;
import javax.management.openmbean.OpenMBeanInfoSupport;
import javax.management.openmbean.OpenMBeanOperationInfo;

/**
 * A kind of MBean: {@code Service}, {@code Real}. What it shows is a view of one snapshot, so that
 * all attributes of one {@code getAttributes} are of one moment.
 *
 * @param type value of the key {@code type} in the object name
 */
record ObjectKind<S>(
    String type, String description, List<Field<S>> fields, List<Operation<S>> operations) {

  Optional<Field<S>> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  Optional<Operation<S>> operation(String name, int parameters) {
    return operations.stream()
        .filter(o -> o.name().equals(name) && o.parameters().size() == parameters)
        .findFirst();
  }

  OpenMBeanInfoSupport info(MBeanNotificationInfo... notifications) {
    return new OpenMBeanInfoSupport(
        "org.strowger." + type,
        description,
        fields.stream().map(f -> f.info(type)).toArray(OpenMBeanAttributeInfo[]::new),
        new OpenMBeanConstructorInfo[0],
        operations.stream().map(Operation::info).toArray(OpenMBeanOperationInfo[]::new),
        notifications);
  }
}
