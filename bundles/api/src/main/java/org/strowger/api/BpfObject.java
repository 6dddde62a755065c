package org.strowger.api;

import java.util.Map;

/** A loaded BPF object. Closing it closes maps and programs; what is pinned or attached stays. */
public interface BpfObject extends AutoCloseable {
  /** All maps by the names of the source, those given by {@link BpfSource#reuse} included. */
  Map<String, BpfMap> maps();

  /** The loaded programs by the names of their functions. */
  Map<String, BpfProgram> programs();

  /** The map of this name; an {@link IllegalArgumentException} if there is none. */
  BpfMap map(String name);

  /** The program of this name; an {@link IllegalArgumentException} if there is none. */
  BpfProgram program(String name);

  @Override
  void close();
}
