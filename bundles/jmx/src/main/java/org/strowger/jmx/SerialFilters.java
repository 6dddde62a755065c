package org.strowger.jmx;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which classes a client may send. All that JConsole, VisualVM and the open types need, each by its
 * name, and nothing else: the wire carries serialised objects, the classic way to run foreign code.
 */
final class SerialFilters {
  /** For the login: a user and a password. */
  static final String CREDENTIALS = "maxdepth=2;maxarray=2;maxbytes=4096;java.lang.String;!*";

  /** For everything after the login. */
  static final String CALLS =
      Stream.of(
              "maxdepth=20;maxrefs=20000;maxbytes=1000000;maxarray=10000",
              in("java.lang.", "Object", "String", "Boolean", "Byte", "Character", "Short"),
              in("java.lang.", "Integer", "Long", "Float", "Double", "Number"),
              in("java.math.", "BigInteger", "BigDecimal"),
              in("java.util.", "ArrayList", "Date", "HashMap", "LinkedHashMap", "TreeMap"),
              in("java.util.", "Hashtable", "Vector", "HashSet", "LinkedHashSet", "Map$Entry"),
              in("java.util.", "Arrays$ArrayList", "CollSer", "Map", "List", "Set", "Collection"),
              in("java.rmi.", "MarshalledObject", "server.UID", "server.ObjID", "dgc.VMID"),
              in("javax.management.", "ObjectName", "Attribute", "AttributeList", "Notification"),
              in("javax.management.", "NotificationFilter", "NotificationFilterSupport"),
              in(
                  "javax.management.",
                  "AttributeChangeNotificationFilter",
                  "MBeanServerNotification"),
              in("javax.management.relation.", "MBeanServerNotificationFilter"),
              in("javax.management.", "QueryExp", "ValueExp", "QueryEval", "AndQueryExp"),
              in("javax.management.", "OrQueryExp", "NotQueryExp", "MatchQueryExp", "InQueryExp"),
              in("javax.management.", "BetweenQueryExp", "BinaryRelQueryExp", "BinaryOpValueExp"),
              in("javax.management.", "AttributeValueExp", "BooleanValueExp", "NumericValueExp"),
              in("javax.management.", "StringValueExp", "QualifiedAttributeValueExp"),
              in("javax.management.", "ClassAttributeValueExp", "InstanceOfQueryExp"),
              in("javax.management.openmbean.", "*"),
              "!*")
          .collect(Collectors.joining(";"));

  private SerialFilters() {}

  private static String in(String prefix, String... names) {
    return Stream.of(names).map(name -> prefix + name).collect(Collectors.joining(";"));
  }
}
