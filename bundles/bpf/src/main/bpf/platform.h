// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What differs between the two hooks: the context, reaching octets, checksums. All steps are
// written against these few words; HOOK_XDP selects the other half.
#ifndef PLATFORM_H
#define PLATFORM_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>

#include "strowger.h"

#define INLINE static __always_inline

#ifdef HOOK_XDP
typedef struct xdp_md context;
#define PASS XDP_PASS
#define DROP XDP_DROP
#define LEFT_TO_TC 31 // beside the verdicts: counted by tc, not here
#else
typedef struct __sk_buff context;
#define PASS TC_ACT_UNSPEC // the next program of the chain, or the host
#define DROP TC_ACT_SHOT
#endif

// No transport header lies further into the frame: 14 of Ethernet, 40 of IPv6, extensions.
#define MOST_OFFSET 254

// Length of the frame. XDP: of its linear part, which is all of it (no frames in fragments).
INLINE __u32 frame_octets(context *c) {
#ifdef HOOK_XDP
  return c->data_end - c->data;
#else
  return c->len;
#endif
}

// SCTP: the frame is a list of segments, each as large as its sender found right (GSO_BY_FRAGS of
// include/linux/skbuff.h). What is moved from one into the headers is lost to its segment.
#define SEGMENTS_LISTED 0xffffu

// Octets of payload in each segment that the frame will be cut into; 0: it is one.
INLINE __u32 segment_payload(context *c) {
#ifdef HOOK_XDP
  return 0;
#else
  return c->gso_size;
#endif
}

// A field of the context, loaded here and with its offset in the instruction: the verifier refuses
// a pointer into the context that the compiler has computed before.
#define FIELD(context_pointer, field)                                              \
  ({                                                                               \
    unsigned long value;                                                           \
    asm volatile("%0 = *(u32 *)(%1 + %2)"                                          \
                 : "=r"(value)                                                     \
                 : "r"(context_pointer), "i"(__builtin_offsetof(context, field))); \
    value;                                                                         \
  })

// `size` octets of the frame from `offset`, or null if it is shorter. Every helper that changes
// the frame makes earlier pointers into it invalid.
INLINE void *at(context *c, __u32 offset, __u32 size) {
  if (offset > MOST_OFFSET) {
    return 0;
  }
  void *from = (void *)FIELD(c, data) + offset;
  if (from + size <= (void *)FIELD(c, data_end)) {
    return from;
  }
#ifdef HOOK_XDP
  return 0;
#else
  if (bpf_skb_pull_data(c, offset + size)) {
    return 0;
  }
  from = (void *)FIELD(c, data) + offset;
  return from + size <= (void *)FIELD(c, data_end) ? from : 0;
#endif
}

// Copies octets of the frame, and leaves it as it is. 0 is success.
INLINE int copy_of(context *c, __u32 offset, void *to, const __u32 size) {
#ifdef HOOK_XDP
  void *from = at(c, offset, size);
  if (!from) {
    return -1;
  }
  __builtin_memcpy(to, from, size);
  return 0;
#else
  return bpf_skb_load_bytes(c, offset, to, size);
#endif
}

// True for a frame that the station (the interface) should take itself.
INLINE int for_this_station(context *c) {
#ifdef HOOK_XDP
  __u32 ifindex = c->ingress_ifindex;
  struct device *device = bpf_map_lookup_elem(&devices, &ifindex);
  __u8 *frame = at(c, 0, ETH_HLEN);
  return device && frame && !__builtin_memcmp(frame, device->mac, 4) &&
         frame[4] == device->mac[4] && frame[5] == device->mac[5];
#else
  return c->pkt_type == 0; // PACKET_HOST
#endif
}

INLINE __u32 interface_of(context *c) {
#ifdef HOOK_XDP
  return c->ingress_ifindex;
#else
  return c->ifindex;
#endif
}

// One's complement sum folded to 16 bits.
INLINE __u16 fold(__u32 sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

// A checksum after the sum of what it covers has grown by `difference` (as of bpf_csum_diff).
INLINE __u16 corrected(__u16 checksum, __u32 difference) {
  return ~fold((__u32)(__u16)~checksum + fold(difference));
}

#define PSEUDO_HEADER 1u // addresses changed: also in a checksum that hardware completes
#define IPV6 2u
#define MAY_BE_ABSENT 4u // UDP: zero says that there is none

// Corrects a transport checksum, whoever will complete it. 0 is success.
INLINE int correct(context *c, __u32 offset, __u32 difference, __u32 flags) {
#ifdef HOOK_XDP
  __u16 *checksum = at(c, offset, 2);
  if (!checksum) {
    return -1;
  }
  if ((flags & MAY_BE_ABSENT) && !*checksum) {
    return 0;
  }
  __u16 sum = corrected(*checksum, difference);
  *checksum = (flags & MAY_BE_ABSENT) && !sum ? 0xffff : sum;
  return 0;
#else
  __u64 how = flags & PSEUDO_HEADER ? BPF_F_PSEUDO_HDR : 0;
  if (flags & MAY_BE_ABSENT) {
    how |= BPF_F_MARK_MANGLED_0;
  }
  if ((flags & (PSEUDO_HEADER | IPV6)) == (PSEUDO_HEADER | IPV6)) {
    // From Linux 6.16: tells that no checksum of a header outweighs the addresses. Older kernels
    // refuse the flag without doing anything.
    const __u64 of_ipv6 = 1ull << 7;
    if (!bpf_l4_csum_replace(c, offset, 0, difference, how | of_ipv6)) {
      return 0;
    }
  }
  return bpf_l4_csum_replace(c, offset, 0, difference, how);
#endif
}

#endif
