package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.BpfSource;

/** What is found under the name of this network namespace, and whose it is. */
class PinsTest {
  @TempDir Path root;

  private void open(String namespace) throws Exception {
    BpfSource source = BpfSource.of("director", ByteBuffer.allocate(0));
    Pins.open(new FakeBpf(), root, namespace, source, Optional.empty()).close();
  }

  @Test
  void whatANamespaceThatIsGoneLeftUnderThisNumberIsNotAdopted() throws Exception {
    open("7-1");
    open("70-1");
    open("7");
    assertTrue(Files.exists(root.resolve("netns-7")));

    open("7-2");

    assertFalse(Files.exists(root.resolve("netns-7-1")));
    assertFalse(Files.exists(root.resolve("netns-7")));
    assertTrue(Files.exists(root.resolve("netns-70-1")));
    assertTrue(Files.exists(root.resolve("netns-7-2")));
  }
}
