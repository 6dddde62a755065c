// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: the virtual service of a packet that belongs to no connection.
#ifndef SERVICE_H
#define SERVICE_H

#include "connection.h"

// Copies the service to w->service; 0 or the verdict that ends it.
INLINE int find_service(struct work *w) {
  struct service_key *key = &w->service_key;
  __builtin_memcpy(key->address, w->flow.destination, 16);
  key->port = w->flow.destination_port;
  key->protocol = w->flow.protocol;
  key->zero = 0;
  struct service *service = bpf_map_lookup_elem(&services, key);
  if (!service) {
    key->port = 0;
    service = bpf_map_lookup_elem(&services, key);
  }
  if (!service) {
    return VERDICT_NOT_OURS;
  }
  w->service = *service;
  w->packet.service = service->index;
  if (w->packet.fragment == FRAGMENT_LATER) {
    return VERDICT_UNKNOWN_CONNECTION;
  }
  if (!w->packet.first && !(w->service.flags & SERVICE_MIDSTREAM &&
                            w->packet.signal == SIGNAL_DATA)) {
    return VERDICT_UNKNOWN_CONNECTION;
  }
  return 0;
}

INLINE int passes_unknown(void) {
  __u32 zero = 0;
  struct settings *set = bpf_map_lookup_elem(&settings, &zero);
  return set && set->flags & SETTING_PASS_UNKNOWN;
}

#endif
