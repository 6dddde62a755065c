// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What one packet carries from step to step. It lies in a map, for a program's stack is 512
// octets; a processor has one packet at a time between entry and exit.
#ifndef WORK_H
#define WORK_H

#include "platform.h"

// What a transport header says about its connection; TCP's flags, SCTP's chunks.
#define SIGNAL_OPEN 0u
#define SIGNAL_FIN 1u
#define SIGNAL_DATA 2u
#define SIGNAL_RESET 3u

#define FRAGMENT_NONE 0u
#define FRAGMENT_FIRST 1u
#define FRAGMENT_LATER 2u

struct packet {
  __u32 l4;          // offset of the transport header
  __u32 octets;      // of the IP packet
  __u32 largest;     // of the IP packets that will be on the wire
  __u32 fragment_id; // as on the wire
  __u32 service;     // index, once it is known
  __u8 ipv6;
  __u8 signal;
  __u8 hops;         // time to live
  __u8 fragment;     // FRAGMENT_...
  __u8 keep_whole;   // IPv6, or IPv4 with "don't fragment"
  __u8 first;        // may begin a connection
  __u8 error;        // an ICMP error; `flow` is the connection that it is about
  __u8 halfopen;     // the connection was found there
  __u8 l4_octets;    // of the transport header, as far as it is quoted and counted
  __u8 reverse;      // it comes from the real server
  __u8 unused[2];
  __u32 mtu;         // what would have been taken, once it is known to be too big
};

struct work {
  struct packet packet;
  struct flow flow;             // as the packet has it
  struct flow target;           // as it will have it
  struct service service;       // copy: new connections only
  struct connection connection; // being opened or promoted
  struct connection back;       // its reverse
  struct service_key service_key;
  struct fragment_key fragment_key;
  struct persistence_key persistence_key;
  struct access_key access_key;
  __u8 stations[16];            // XDP: the frame's next addresses
  __u8 quote[320] ALIGNED(8);
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct work);
} desk SEC(".maps");

INLINE struct work *work_of_this_processor(void) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(&desk, &zero);
}

// The packets that answer `flow`.
INLINE void opposite(struct flow *to, const struct flow *flow) {
  __builtin_memcpy(to->source, flow->destination, 16);
  __builtin_memcpy(to->destination, flow->source, 16);
  to->source_port = flow->destination_port;
  to->destination_port = flow->source_port;
  to->protocol = flow->protocol;
  __builtin_memset(to->zero, 0, 3);
}

INLINE int same_octets(const void *one, const void *other, const int words) {
  const __u64 *a = one;
  const __u64 *b = other;
  for (int i = 0; i < words; i++) {
    if (a[i] != b[i]) {
      return 0;
    }
  }
  return 1;
}

INLINE int same_flow(const struct flow *one, const struct flow *other) {
  return same_octets(one, other, sizeof(struct flow) / 8);
}

INLINE int is_ipv4(const __u8 *address) {
  const __u32 *words = (const __u32 *)address;
  return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

INLINE int is_zero(const __u8 *address) {
  const __u64 *words = (const __u64 *)address;
  return !(words[0] | words[1]);
}

INLINE __u32 ipv4_of(const __u8 *address) {
  return ((const __u32 *)address)[3];
}

#endif
