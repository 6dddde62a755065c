package org.strowger.bpf;

import java.util.Optional;
import org.strowger.api.ForwardedService;
import org.strowger.api.LookupTable;
import org.strowger.api.Persistence;
import org.strowger.api.VirtualService;

/** Turns a wanted virtual service into its cell. */
final class ServiceCells {
  private ServiceCells() {}

  static ServiceCell of(
      ForwardedService wanted,
      int index,
      Optional<LookupTable> table,
      boolean floats,
      Cells ring,
      Cells tableCells,
      Cells fallback,
      Cells sources) {
    VirtualService service = wanted.service();
    return new ServiceCell(
        index,
        flags(wanted, table) | (floats && table.isPresent() ? ServiceCell.MIDSTREAM : 0),
        table.map(LookupTable::key0).orElse(0L),
        table.map(LookupTable::key1).orElse(0L),
        ServiceCell.Rate.of(service.limits().rate(), service.limits().burst()),
        ring,
        tableCells,
        fallback,
        sources,
        (int) Math.min(service.limits().connections(), Integer.MAX_VALUE),
        persistent(service.persistence()));
  }

  private static int flags(ForwardedService wanted, Optional<LookupTable> table) {
    VirtualService service = wanted.service();
    int flags = wanted.listening() ? 0 : ServiceCell.CLOSED;
    if (AccessEntries.any(service)) {
      flags |= ServiceCell.ACCESS;
      flags |= service.access().allow().isEmpty() ? 0 : ServiceCell.DENY_OTHERS;
    }
    if (table.isPresent()) {
      flags |= table.get().byDestination() ? ServiceCell.HASH_DESTINATION : 0;
      flags |= table.get().withPort() ? ServiceCell.HASH_PORT : 0;
      flags |= table.get().probes() == 0 ? ServiceCell.OWNER_ONLY : 0;
    }
    return flags | (service.onePacket() ? ServiceCell.ONE_PACKET : 0);
  }

  private static ServiceCell.Persistent persistent(Persistence wanted) {
    return wanted.enabled()
        ? new ServiceCell.Persistent(
            (int) Math.max(1, wanted.timeout().toSeconds()),
            wanted.prefixIpv4(),
            wanted.prefixIpv6(),
            wanted.toQuiesced())
        : new ServiceCell.Persistent(0, 0, 0, false);
  }
}
