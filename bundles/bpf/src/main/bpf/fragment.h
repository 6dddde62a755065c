// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: only the first fragment has the ports. It is remembered, and lends them to the others. A
// fragment that overtakes the first one, or of a datagram that is not ours, is left to the host.
#ifndef FRAGMENT_H
#define FRAGMENT_H

#include "count.h"

INLINE void fragment_key_of(struct work *w) {
  struct fragment_key *key = &w->fragment_key;
  __builtin_memcpy(key->source, w->flow.source, 32); // and the destination
  key->id = w->packet.fragment_id;
  key->protocol = w->flow.protocol;
  __builtin_memset(key->zero, 0, 3);
}

// Answers 0 or the verdict that ends it.
INLINE int fragment(struct work *w, __u64 now) {
  fragment_key_of(w);
  if (w->packet.fragment == FRAGMENT_FIRST) {
    struct fragment first = {
        .source_port = w->flow.source_port,
        .destination_port = w->flow.destination_port,
        .when = now,
    };
    bpf_map_update_elem(&fragments, &w->fragment_key, &first, BPF_ANY);
    return 0;
  }
  struct fragment *first = bpf_map_lookup_elem(&fragments, &w->fragment_key);
  // An identification comes again after its lifetime: 30 s is that of Linux' reassembly.
  if (!first || now - first->when > 30000000000ull) {
    return VERDICT_UNKNOWN_FRAGMENT;
  }
  w->flow.source_port = first->source_port;
  w->flow.destination_port = first->destination_port;
  w->packet.signal = SIGNAL_DATA;
  plane_count(fragments);
  return 0;
}

#endif
