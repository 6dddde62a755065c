package org.strowger.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.strowger.api.Change.ImportFile;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

class YamlFilesTest {
  private static final String GOOD =
      """
      # a lab
      director: { name: lab-1 }
      pools:
        web:
          realServers:
            a: { address: 127.0.0.1, port: 9001, weight: 1 }
            b.c:
              address: 127.0.0.1
              port: 9002
              quiet: true
      """;

  @TempDir Path folder;

  private final YamlFiles files = new YamlFiles();

  private ImportFile read(String text) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  private ImportFile read(byte[] bytes) throws IOException {
    return files.read(Files.write(folder.resolve("director.yaml"), bytes));
  }

  /** The only violation, without the folder. */
  private String onlyProblem(ImportFile read) {
    assertEquals(1, read.problems().size(), read.problems().toString());
    return read.problems().getFirst().text().replace(folder + "/", "");
  }

  /** JSON is YAML, and this module has a reader of that. */
  @Test
  void shippedSchemaIsJson() throws IOException {
    String schema = Files.readString(Path.of("../../felix-config/director.schema.json"));
    Map<?, ?> read = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(schema);
    assertTrue(read.containsKey("properties"), read.keySet().toString());
  }

  @Test
  void aGoodFileIsReadWithTheLineOfEachKey() throws IOException {
    ImportFile read = read(GOOD);

    assertEquals(List.of(), read.problems());
    Map<?, ?> pool = (Map<?, ?>) ((Map<?, ?>) read.tree().get("pools")).get("web");
    Map<?, ?> reals = (Map<?, ?>) pool.get("realServers");
    assertEquals(Map.of("address", "127.0.0.1", "port", 9002L, "quiet", true), reals.get("b.c"));
    assertEquals(List.of("a", "b.c"), List.copyOf(reals.keySet()));
    assertEquals(2, read.lines().get(KeyPath.of("director", "name")));
    assertEquals(6, read.lines().get(KeyPath.of("pools", "web", "realServers", "a", "weight")));
    assertEquals(9, read.lines().get(KeyPath.of("pools", "web", "realServers", "b.c", "port")));
    assertEquals(64, read.digest().length());
    assertEquals(read.digest(), files.read(folder.resolve("director.yaml")).digest());
  }

  @Test
  void textNumberTruthAndListKeepTheirTypes() throws IOException {
    ImportFile read =
        read(
            """
            a: 5
            b: '5'
            c: true
            d: on
            e: 1.10
            f: 99999999999999999999
            g: -3
            h: [x, 1, false]
            i: 0755
            j: 30s
            k: {}
            l: []
            """);

    assertEquals(List.of(), read.problems());
    assertEquals(
        Map.ofEntries(
            Map.entry("a", 5L),
            Map.entry("b", "5"),
            Map.entry("c", true),
            Map.entry("d", "on"),
            Map.entry("e", "1.10"),
            Map.entry("f", "99999999999999999999"),
            Map.entry("g", -3L),
            Map.entry("h", List.of("x", 1L, false)),
            Map.entry("i", "0755"),
            Map.entry("j", "30s"),
            Map.entry("k", Map.of()),
            Map.entry("l", List.of())),
        read.tree());
  }

  @Test
  void severalProblemsAreToldAtOnceAndTheRestIsRead() throws IOException {
    ImportFile read = read("a: 1\na: 2\nb:\n1: x\nc: !!int 5\nd: fine\n? [x]\n: y\n<<: {}\n");

    assertEquals(Map.of("a", 1L, "d", "fine"), read.tree());
    assertEquals(
        List.of(
            "director.yaml:2: a: expected each key once; it stands in line 1 already",
            "director.yaml:3: b: expected a value; leave the key out for its default",
            "director.yaml:4: '1': expected a text as key; write '1' in quotes",
            "director.yaml:5: c: 'tag:yaml.org,2002:int': expected a value without a tag",
            "director.yaml:7: expected a plain text as key",
            "director.yaml:9: '<<': expected no merge key: YAML 1.2 has none"),
        read.problems().stream().map(v -> v.text().replace(folder + "/", "")).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [1, 2|director.yaml:1: a: 'a: [1, 2': expected YAML 1.2: while parsing a flow sequence begun in line 1
          a:\\n\\tb: 1|director.yaml:2: 'b: 1': expected spaces as indentation; there is a tab
          a: b: c|director.yaml:1: a: 'a: b: c': expected YAML 1.2: mapping values are not allowed
          a: "x|director.yaml:1: 'a: "x': expected YAML 1.2: while scanning a quoted scalar begun in line 1
          a: 1\\n b: 2|director.yaml:2: a: 'b: 2': expected YAML 1.2
          just text|director.yaml:1: 'just text': expected keys with values
          [1]|director.yaml:1: expected keys with values
          a: 1\\n---\\nb: 2|director.yaml:2: expected one document; a second one begins here
          %YAML 1.1\\n---\\na: 1|director.yaml:1: 'Version{major=1, minor=1}': expected %YAML 1.2
          a: *nobody|director.yaml:1: a: '*nobody': expected an anchor &nobody before it
          a: &x [*x]|director.yaml:1: a: '*x': expected an anchor &x before it
          a: [[1]]|director.yaml:1: a: expected a list of texts
          a: @x|director.yaml:1: 'a: @x': expected YAML 1.2: while scanning for the next token
          # only a comment|director.yaml:1: expected a configuration; there is nothing in the file
          ---|director.yaml:1: expected a configuration; there is nothing in the file
          """)
  void eachKindOfBrokenTextIsNamed(String text, String expected) throws IOException {
    String problem = onlyProblem(read(text.translateEscapes()));

    assertTrue(problem.contains(expected), problem);
  }

  @Test
  void anEmptyFileIsNoOrderToRemoveEverything() throws IOException {
    ImportFile read = read("");

    assertTrue(onlyProblem(read).contains("there is nothing in the file"), onlyProblem(read));
    assertEquals(List.of(), read("{}").problems());
  }

  @Test
  void bytesThatAreNoUtf8AreNamedWithTheirLine() throws IOException {
    ImportFile read = read(new byte[] {'a', ':', ' ', '1', '\n', 'b', ':', ' ', (byte) 0xE4, '\n'});
    assertEquals("director.yaml:2: 'byte 0xE4': expected text in UTF-8", onlyProblem(read));
    assertTrue(onlyProblem(read("a: 1\nb: \u0001")).contains("expected printable"));
    assertTrue(onlyProblem(read("a: 1".getBytes(StandardCharsets.UTF_16))).contains("UTF-8"));
  }

  @Test
  void theByteOrderMarkOfSomeEditorsIsPassedOver() throws IOException {
    assertEquals(Map.of("a", 1L), read("\uFEFFa: 1").tree());
  }

  @Test
  void missingFileFolderAndPipeAreNamed() throws IOException {
    Path missing = folder.resolve("nowhere.yaml");
    assertEquals(
        missing + ": expected a configuration file; there is none",
        files.read(missing).problems().getFirst().text());
    assertEquals(
        folder + ": expected a configuration file; this is a folder",
        files.read(folder).problems().getFirst().text());
    assertTrue(files.read(Path.of("/dev/zero")).problems().getFirst().text().contains("regular"));
  }

  @Test
  void aFileThatIsTooLargeIsRefusedUnread() throws IOException {
    byte[] large = new byte[Limits.FILE.bytes() + 1];
    java.util.Arrays.fill(large, (byte) '#');

    assertTrue(onlyProblem(read(large)).endsWith("expected at most 8388608 bytes"));
  }

  @Test
  void billionLaughsAreRefused() throws IOException {
    StringBuilder laughs =
        new StringBuilder("a0: &a0 {a: x, b: x, c: x, d: x, e: x, f: x, g: x}\n");
    for (int i = 1; i < 10; i++) {
      laughs.append("a").append(i).append(": &a").append(i).append(" {");
      for (int j = 0; j < 9; j++) {
        laughs.append("k").append(j).append(": *a").append(i - 1).append(", ");
      }
      laughs.append("}\n");
    }

    ImportFile read = read(laughs.toString());

    assertTrue(onlyProblem(read).contains("at most 200000 keys and list items, aliases expanded"));
    assertEquals(Map.of(), read.tree());
  }

  @Test
  void aliasesWithinTheLimitStandForTheirAnchor() throws IOException {
    ImportFile read = read("a: &x { p: 1 }\nb: *x\nc: [&y 2, *y]\n");

    assertEquals(List.of(), read.problems());
    assertEquals(Map.of("p", 1L), read.tree().get("b"));
    assertEquals(List.of(2L, 2L), read.tree().get("c"));
    assertEquals(2, read.lines().get(KeyPath.of("b", "p")));
  }

  @Test
  void nestingAnyDeepIsRefusedWithoutOverflow() throws IOException {
    String deep = "a: " + "{a: ".repeat(1_000_000);
    assertTrue(onlyProblem(read(deep)).contains("at most 32 levels inside each other"));
    assertTrue(read("a: [" + "[".repeat(1_000_000)).problems().size() > 1);
    assertTrue(read("? [" + "[".repeat(100_000)).problems().size() > 1);
    assertTrue(read("a: " + "{? ".repeat(100_000)).problems().size() > 1);
  }

  @Test
  void theNumberOfProblemsIsBounded() throws IOException {
    ImportFile read = read("a:\n".repeat(1000));

    assertEquals(Limits.PROBLEMS + 1, read.problems().size());
    String last = read.problems().getLast().text();
    assertTrue(last.endsWith("expected no more problems; there are 900"), last);
  }

  @Test
  void noTextWhateverBringsAnException() throws IOException {
    Random random = new Random(20260101);
    byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
    String signs = "{}[],:?-&*!|>'\"%@`#\n\t \0ab1~<=\u00e4\\/";
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = good.clone();
      int edits = 1 + random.nextInt(8);
      for (int i = 0; i < edits; i++) {
        int at = random.nextInt(bytes.length);
        bytes[at] = (byte) signs.charAt(random.nextInt(signs.length()));
      }
      YamlText.Reading read = YamlText.read("f", bytes, Limits.FILE);
      for (Violation problem : read.problems()) {
        assertTrue(problem.where().matches("f:[0-9]+"), problem.text());
        assertTrue(!problem.expected().isEmpty() && problem.text().length() < 600);
      }
    }
  }

  @Test
  void everyBeginningOfAFileIsReadOrRefused() {
    byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length <= good.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      YamlText.Reading read = YamlText.read("f", cut, Limits.FILE);
      assertTrue(!read.problems().isEmpty() || !read.tree().isEmpty(), "length " + length);
    }
  }

  @Test
  void aFileNobodyMayReadIsNamed() throws IOException {
    SourceFile source = SourceFile.load(Path.of("/proc/self/mem"), Limits.FILE);
    assertInstanceOf(SourceFile.Unreadable.class, source);
  }
}
