package org.strowger.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import javax.management.Attribute;
import javax.management.ObjectName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.api.Role;

/** Who may do what, as a table. */
class PermissionsTest {
  private static final List<Role> ROLES = List.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # method       | object                                      | member          | v o a
          getAttribute   | org.strowger:type=Director                  | Revision        | +++
          getAttribute   | java.lang:type=Memory                       | HeapMemoryUsage | +++
          getAttribute   | com.sun.management:type=HotSpotDiagnostic   | x               | --+
          getAttribute   | osgi.core:type=framework                    | x               | --+
          setAttribute   | org.strowger:type=Real,pool="p",name="a"    | Weight          | -++
          setAttribute   | org.strowger:type=Real,pool="p",name="a"    | AdminState      | -++
          setAttribute   | org.strowger:type=Real,pool="p",name="a"    | UpperThreshold  | --+
          setAttribute   | org.strowger:type=Service,name="web"        | DrainTimeout    | --+
          invoke         | org.strowger:type=Director                  | connections     | -++
          invoke         | org.strowger:type=Director                  | top             | -++
          invoke         | org.strowger:type=Director                  | disconnect      | --+
          setAttribute   | org.strowger:type=Other                     | Anything        | --+
          setAttribute   | java.lang:type=Memory                       | Verbose         | --+
          setAttribute   | other:type=Real                             | Weight          | ---
          invoke         | org.strowger:type=Service,name="web"        | drain           | -++
          invoke         | org.strowger:type=Service,name="web"        | explain         | -++
          invoke         | org.strowger:type=Upgrade                   | activate        | --+
          invoke         | org.strowger:type=Logging                   | setLevel        | -++
          invoke         | org.strowger:type=Logging                   | getLevel        | +++
          invoke         | java.lang:type=Threading                    | getThreadInfo   | +++
          invoke         | java.lang:type=Memory                       | gc              | --+
          invoke         | com.sun.management:type=HotSpotDiagnostic   | dumpHeap        | ---
          invoke         | com.sun.management:type=HotSpotDiagnostic   | setVMOption     | ---
          invoke         | com.sun.management:type=HotSpotDiagnostic   | getVMOption     | --+
          invoke         | com.sun.management:type=DiagnosticCommand   | jvmtiAgentLoad  | ---
          invoke         | com.sun.management:type=DiagnosticCommand   | threadPrint     | --+
          invoke         | jdk.management.jfr:type=FlightRecorder      | copyTo          | ---
          invoke         | other:type=Any                              | drain           | ---
          createMBean    | other:type=Any                              | x               | ---
          unregisterMBean| org.strowger:type=Director                  | x               | ---
          instantiate    | other:type=Any                              | x               | ---
          queryNames     | other:type=Any                              | x               | +++
          aNewMethod     | org.strowger:type=Director                  | x               | ---
          """)
  void roleDecides(String method, String object, String member, String expected) throws Exception {
    ObjectName name = new ObjectName(object);
    Object[] args =
        switch (method) {
          case "setAttribute" -> new Object[] {name, new Attribute(member, "x")};
          case "invoke" -> new Object[] {name, member, new Object[0], new String[0]};
          default -> new Object[] {name, member};
        };
    Call call = Call.of(method, args);
    StringBuilder permitted = new StringBuilder();
    ROLES.forEach(role -> permitted.append(Permissions.permits(role, call) ? '+' : '-'));
    assertEquals(expected, permitted.toString(), method + " " + object + " " + member);
  }
}
