package org.strowger.linux;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfObject;
import org.strowger.api.BpfProgram;

/** What came of one object file. */
final class LoadedObject implements BpfObject {
  private final String name;
  private final Map<String, BpfMap> maps = new LinkedHashMap<>();
  private final Map<String, BpfProgram> programs = new LinkedHashMap<>();

  LoadedObject(String name) {
    this.name = name;
  }

  void add(String mapName, BpfMap map) {
    maps.put(mapName, map);
  }

  void add(String programName, BpfProgram program) {
    programs.put(programName, program);
  }

  @Override
  public Map<String, BpfMap> maps() {
    return Collections.unmodifiableMap(maps);
  }

  @Override
  public Map<String, BpfProgram> programs() {
    return Collections.unmodifiableMap(programs);
  }

  @Override
  public BpfMap map(String wanted) {
    BpfMap map = maps.get(wanted);
    if (map == null) {
      throw new IllegalArgumentException(
          "object '%s' has no map '%s'; it has %s".formatted(name, wanted, maps.keySet()));
    }
    return map;
  }

  @Override
  public BpfProgram program(String wanted) {
    BpfProgram program = programs.get(wanted);
    if (program == null) {
      throw new IllegalArgumentException(
          "object '%s' has no loaded program '%s'; it has %s"
              .formatted(name, wanted, programs.keySet()));
    }
    return program;
  }

  @Override
  public void close() {
    maps.values().forEach(BpfMap::close);
    programs.values().forEach(BpfProgram::close);
  }
}
