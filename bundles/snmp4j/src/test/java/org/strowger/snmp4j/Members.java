package org.strowger.snmp4j;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The methods and fields that compiled classes name, and whether there are such. */
final class Members {
  /**
   * @param owner internal name of the class
   * @param type descriptor
   */
  record Member(String owner, String name, String type) {}

  private Members() {}

  /** All that a class calls, reads or writes. */
  static List<Member> of(Path content, String className) throws IOException {
    Path file = content.resolve(className.replace('.', '/') + ".class");
    List<Member> members = new ArrayList<>();
    for (PoolEntry entry : ClassFile.of().parse(Files.readAllBytes(file)).constantPool()) {
      if (entry instanceof MemberRefEntry member) {
        members.add(
            new Member(
                member.owner().asInternalName(),
                member.name().stringValue(),
                member.type().stringValue()));
      }
    }
    return members;
  }

  static boolean exists(ClassLoader loader, Member member) {
    try {
      Class<?> owner = Class.forName(member.owner().replace('/', '.'), false, loader);
      return typesOf(owner).anyMatch(type -> declares(type, member));
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** A class with all that it inherits from. */
  private static Stream<Class<?>> typesOf(Class<?> type) {
    Stream<Class<?>> parents = Arrays.stream(type.getInterfaces());
    Class<?> parent = type.isInterface() ? Object.class : type.getSuperclass();
    Stream<Class<?>> all = parent == null ? parents : Stream.concat(Stream.of(parent), parents);
    return Stream.concat(Stream.of(type), all.flatMap(Members::typesOf));
  }

  private static boolean declares(Class<?> type, Member member) {
    return switch (member.name()) {
      case "<init>" ->
          Arrays.stream(type.getDeclaredConstructors())
              .map(found -> MethodType.methodType(void.class, found.getParameterTypes()))
              .anyMatch(found -> found.descriptorString().equals(member.type()));
      default ->
          member.type().startsWith("(")
              ? Arrays.stream(type.getDeclaredMethods()).anyMatch(found -> is(found, member))
              : Arrays.stream(type.getDeclaredFields()).anyMatch(found -> is(found, member));
    };
  }

  private static boolean is(Method found, Member member) {
    return found.getName().equals(member.name())
        && MethodType.methodType(found.getReturnType(), found.getParameterTypes())
            .descriptorString()
            .equals(member.type());
  }

  private static boolean is(Field found, Member member) {
    return found.getName().equals(member.name())
        && found.getType().descriptorString().equals(member.type());
  }
}
