package org.strowger.api;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a program of the operator's is run, by a check, a hook or a track: as the director itself, so
 * that it must be one that only its owner may write; without a shell, in the root folder, with
 * nothing of the director's environment but a plain PATH. Any thread.
 */
public final class Program {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Program() {}

  /**
   * Ready to be started; what it says on standard error is among its output.
   *
   * @param command its absolute path, and its arguments
   * @throws IOException with a sentence that names it, if the director may not run it, or others
   *     than its owner may write it
   */
  public static ProcessBuilder of(List<String> command) throws IOException {
    checkOwner(Path.of(command.getFirst()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(new File("/"));
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", PATH);
    return builder;
  }

  /** Whoever may write the program may be the director: only its owner should. */
  private static void checkOwner(Path program) throws IOException {
    if (!Files.isExecutable(program) || !Files.isRegularFile(program)) {
      throw new IOException(program + " is not a program that the director may run");
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(program);
    if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
        || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
      throw new IOException(program + " may be written by others than its owner");
    }
  }

  /**
   * Kills it, and what it started; its output is closed. One that has ended already is none the
   * worse. The deepest first is not needed: killed ones start nothing more.
   */
  public static void kill(Process process) throws IOException {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
    process.getInputStream().close();
  }
}
