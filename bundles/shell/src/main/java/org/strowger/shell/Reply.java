package org.strowger.shell;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What goes back to the client: one byte exit code, four bytes length, the text in UTF-8.
 *
 * @param exit 0 done, 1 rejected, 2 usage, 3 conflict, 4 busy
 */
record Reply(int exit, String text) {

  void write(DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeByte(exit);
    out.writeInt(bytes.length);
    out.write(bytes);
    out.flush();
  }
}
