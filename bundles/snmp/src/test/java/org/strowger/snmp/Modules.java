package org.strowger.snmp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * Our MIB modules as libsmi reads them. The modules of the IETF that they import come from a folder
 * named by the environment variable STROWGER_IETF_MIBS or, where it is not set, from Debian's
 * package erlang-snmp, which is fetched and unpacked, not installed; what that lacks has stand-ins
 * among the test's resources.
 */
final class Modules {
  static final Path FOLDER = Path.of("..", "..", "mibs").toAbsolutePath().normalize();
  static final List<String> NAMES =
      List.of(
          "STROWGER-SMI",
          "STROWGER-TC-MIB",
          "STROWGER-LB-MIB",
          "STROWGER-HEALTH-MIB",
          "STROWGER-ALARM-MIB",
          "STROWGER-CONFIG-MIB",
          "STROWGER-SYSTEM-MIB",
          "STROWGER-PM-MIB",
          "STROWGER-AGENT-CAPS",
          "STROWGER-UPGRADE-MIB",
          "STROWGER-HA-MIB");

  private static final Path STUBS = Path.of("src", "test", "resources", "mib-stubs");
  private static final Path FETCHED = Path.of("target", "ietf-mibs");

  /**
   * The syntax of an object.
   *
   * @param base libsmi's name of the base type, or of SNMPv2-SMI's type: Counter64, Enumeration ...
   * @param ranges pairs of least and greatest value or, of strings, length; empty if not restricted
   * @param labels of an enumeration, by their numbers
   */
  record Syntax(String base, List<long[]> ranges, Map<Integer, String> labels) {}

  /** A scalar, a column, or an object of notifications. */
  record Subject(String name, OID oid, boolean column, String access, String type, Syntax syntax) {}

  private final Path ietf;
  private final Map<String, Syntax> types = new HashMap<>();

  private Modules(Path ietf) {
    this.ietf = ietf;
  }

  /** Skips the test, with the reason, where the tools or the modules of the IETF are missing. */
  static Modules require() {
    Tools.require("smitools", "smilint", "smidump");
    String named = System.getenv("STROWGER_IETF_MIBS");
    return new Modules(named == null ? fetched() : Path.of(named));
  }

  private static Path fetched() {
    try {
      if (!Files.isDirectory(FETCHED)) {
        Tools.require("apt", "apt-get", "dpkg-deb");
        Path work = Files.createDirectories(FETCHED.resolveSibling("ietf-mibs.work"));
        String script =
            "cd '"
                + work.toAbsolutePath()
                + "' && timeout 120 apt-get -qq download erlang-snmp"
                + " && dpkg-deb -x erlang-snmp_*.deb x && mkdir -p m"
                + " && cp x/usr/lib/erlang/lib/snmp-*/mibs/*.mib m";
        Tools.Output output = Tools.run(Map.of(), List.of("sh", "-c", script));
        assumeTrue(
            output.code() == 0,
            "the modules of the IETF cannot be had (Debian package erlang-snmp): " + output.text());
        Files.move(work.resolve("m"), FETCHED);
      }
      return FETCHED;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where libsmi looks, best first. */
  String smiPath() {
    return FOLDER + ":" + ietf.toAbsolutePath() + ":" + STUBS.toAbsolutePath();
  }

  /** Where net-snmp looks; it must not meet two modules of one name. */
  String netSnmpPath() {
    boolean complete =
        Stream.of("HCNUM-TC", "HCNUM-TC.txt").anyMatch(f -> Files.exists(ietf.resolve(f)));
    return complete ? FOLDER + ":" + ietf.toAbsolutePath() : smiPath();
  }

  Tools.Output lint(String module, String... options) {
    List<String> command = new ArrayList<>(List.of("smilint", "-c", "/dev/null"));
    command.addAll(List.of("-l", "6", "-m", "-s"));
    command.addAll(List.of(options));
    command.add(FOLDER.resolve(module).toString());
    return Tools.run(Map.of("SMIPATH", smiPath()), command);
  }

  Document dump(String module) {
    // -k: the texts of erlang-snmp import a little more than libsmi likes.
    Path silent = Path.of("/dev/null");
    Tools.Output output =
        Tools.run(
            Map.of("SMIPATH", smiPath()),
            List.of("sh", "-c", "smidump -k -c /dev/null -f xml " + module + " 2>" + silent));
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
      byte[] text = output.text().getBytes(StandardCharsets.UTF_8);
      return factory.newDocumentBuilder().parse(new ByteArrayInputStream(text));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new IllegalStateException("smidump of " + module + ": " + output.text(), e);
    }
  }

  /** Our scalars and columns, by their names. */
  Map<String, Subject> subjects() {
    Map<String, Subject> subjects = new TreeMap<>();
    for (String module : NAMES) {
      Document document = dump(module);
      for (String kind : List.of("scalar", "column")) {
        for (Element element : elements(document, kind)) {
          Subject subject = subject(element);
          subjects.put(subject.name(), subject);
        }
      }
    }
    return subjects;
  }

  private Subject subject(Element element) {
    Element syntax = Objects.requireNonNull(child(element, "syntax"));
    Element reference = child(syntax, "type");
    String type = reference == null ? "" : reference.getAttribute("name");
    return new Subject(
        element.getAttribute("name"),
        new OID(element.getAttribute("oid")),
        element.getTagName().equals("column"),
        Objects.requireNonNull(child(element, "access")).getTextContent(),
        type,
        reference == null
            ? syntax(Objects.requireNonNull(child(syntax, "typedef")))
            : type(reference.getAttribute("module"), type));
  }

  /** A textual convention, or a type of SNMPv2-SMI. */
  Syntax type(String module, String name) {
    if (module.isEmpty() || module.equals("SNMPv2-SMI")) {
      return new Syntax(name, List.of(), Map.of());
    }
    if (!types.containsKey(name)) {
      for (Element element : elements(dump(module), "typedef")) {
        types.put(element.getAttribute("name"), syntax(element));
      }
    }
    return Objects.requireNonNull(types.get(name), module + " has no " + name);
  }

  private Syntax syntax(Element typedef) {
    Element parent = child(typedef, "parent");
    Syntax inherited =
        parent == null
            ? new Syntax(typedef.getAttribute("basetype"), List.of(), Map.of())
            : type(parent.getAttribute("module"), parent.getAttribute("name"));
    List<long[]> ranges = new ArrayList<>();
    Map<Integer, String> labels = new TreeMap<>();
    for (Node node = typedef.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals("range")) {
        ranges.add(
            new long[] {
              Long.parseLong(element.getAttribute("min")),
              Long.parseLong(element.getAttribute("max"))
            });
      } else if (node instanceof Element element && element.getTagName().equals("namednumber")) {
        labels.put(Integer.valueOf(element.getAttribute("number")), element.getAttribute("name"));
      }
    }
    return new Syntax(
        inherited.base(),
        ranges.isEmpty() ? inherited.ranges() : ranges,
        labels.isEmpty() ? inherited.labels() : labels);
  }

  static List<Element> elements(Document document, String tag) {
    List<Element> elements = new ArrayList<>();
    var nodes = document.getElementsByTagName(tag);
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  static @Nullable Element child(Element parent, String tag) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(tag)) {
        return element;
      }
    }
    return null;
  }
}
