// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: every exit counts its verdict once.
#ifndef COUNT_H
#define COUNT_H

#include "work.h"

INLINE struct plane_counters *counters_of_plane(void) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(&plane_counters, &zero);
}

#define plane_count(what)                               \
  do {                                                  \
    struct plane_counters *counted = counters_of_plane(); \
    if (counted) {                                      \
      counted->what++;                                  \
    }                                                   \
  } while (0)

INLINE void count_verdict(__u32 service, __u32 verdict) {
  struct service_counters *counted = bpf_map_lookup_elem(&counters, &service);
  if (counted && verdict < VERDICTS) {
    counted->verdicts[verdict]++;
  }
}

// A packet of a connection, in either direction.
INLINE void count_packet(const struct packet *p, __u32 service, __u32 server, int from_real) {
  struct service_counters *of_service = bpf_map_lookup_elem(&counters, &service);
  struct real_counters *of_real = bpf_map_lookup_elem(&real_counters, &server);
  if (!of_service || !of_real) {
    return;
  }
  if (from_real) {
    of_service->packets_out++;
    of_service->octets_out += p->octets;
    of_real->packets_out++;
    of_real->octets_out += p->octets;
  } else {
    of_service->packets_in++;
    of_service->octets_in += p->octets;
    of_real->packets_in++;
    of_real->octets_in += p->octets;
  }
}

#endif
