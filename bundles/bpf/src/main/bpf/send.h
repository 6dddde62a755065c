// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: the frame leaves, to the next hop or along the kernel's route, and what all forwarding
// methods ask before: room on the path, time to live. A step that forwards answers
// VERDICT_FORWARDED and has the program's return code in *action.
#ifndef SEND_H
#define SEND_H

#include "count.h"

INLINE int keeps_ttl(void) {
  __u32 zero = 0;
  struct settings *set = bpf_map_lookup_elem(&settings, &zero);
  return set && set->flags & SETTING_KEEP_TTL;
}

// 0, or the verdict that ends it. `more` octets will come in front of the packet.
INLINE int may_go(struct packet *p, __u32 mtu, __u32 more) {
  if (p->hops <= 1 && !keeps_ttl()) {
    return VERDICT_HOP_LIMIT;
  }
  // Segments not yet cut are cut smaller when a header comes in front of them (see tunnels).
  int shrinks = more && p->largest < p->octets;
  if (!mtu || shrinks || p->largest + more <= mtu) {
    return 0;
  }
  p->mtu = mtu - more;
  return VERDICT_TOO_BIG;
}

// Counts down the time to live (RFC 1812, 5.3.1): no loop of directors lasts.
INLINE int count_down(context *c, const struct packet *p) {
  if (keeps_ttl()) {
    return 0;
  }
  if (p->ipv6) {
    __u8 hops = p->hops - 1;
#ifdef HOOK_XDP
    struct ipv6hdr *ip = at(c, ETH_HLEN, sizeof(*ip));
    if (!ip) {
      return -1;
    }
    ip->hop_limit = hops;
    return 0;
#else
    return bpf_skb_store_bytes(c, ETH_HLEN + __builtin_offsetof(struct ipv6hdr, hop_limit), &hops,
                               1, BPF_F_RECOMPUTE_CSUM);
#endif
  }
  struct iphdr *ip = at(c, ETH_HLEN, sizeof(*ip));
  if (!ip) {
    return -1;
  }
  // One less in the upper octet of its word: what the header's sum loses, its checksum gains.
  __u32 sum = (__u32)ip->check + bpf_htons(0x0100);
  ip->check = (__u16)(sum + (sum >= 0xffff));
  ip->ttl = p->hops - 1;
  return 0;
}

#ifdef HOOK_XDP
// Finds the stations before anything is changed, for a frame that cannot be sent is left to tc.
// The kernel answers only where forwarding is on (net.ipv4.conf.DEVICE.forwarding, and IPv6's).
// `to` is the next hop, or the address that the packet will have.
INLINE int look_ahead(context *c, struct work *w, __u32 ifindex, const __u8 *from, const __u8 *to) {
  struct bpf_fib_lookup way = {};
  way.ifindex = ifindex;
  if (is_ipv4(to)) {
    way.family = 2; // AF_INET
    way.ipv4_src = is_ipv4(from) ? ipv4_of(from) : 0;
    way.ipv4_dst = ipv4_of(to);
  } else {
    way.family = 10; // AF_INET6
    __builtin_memcpy(way.ipv6_src, from, 16);
    __builtin_memcpy(way.ipv6_dst, to, 16);
  }
  if (bpf_fib_lookup(c, &way, sizeof(way), BPF_FIB_LOOKUP_OUTPUT)) {
    return LEFT_TO_TC; // no route, or the neighbour is not known yet
  }
  __builtin_memcpy(w->stations, way.dmac, 6);
  __builtin_memcpy(w->stations + 6, way.smac, 6);
  return 0;
}

INLINE int send(context *c, const struct work *w, __u32 ifindex, const __u8 *next_hop,
                int *action) {
  __u8 *frame = at(c, 0, ETH_HLEN);
  if (!frame) {
    return VERDICT_NO_ROUTE;
  }
  __builtin_memcpy(frame, w->stations, 12);
  if (ifindex == c->ingress_ifindex) {
    struct device *device = bpf_map_lookup_elem(&devices, &ifindex);
    if (device && !device->redirects) {
      *action = XDP_TX;
      return VERDICT_FORWARDED;
    }
  }
  *action = bpf_redirect(ifindex, 0);
  return *action == XDP_ABORTED ? VERDICT_NO_ROUTE : VERDICT_FORWARDED;
}
#else
// Through an interface to a next hop; null: along the kernel's route there.
INLINE int send(context *c, const struct work *w, __u32 ifindex, const __u8 *next_hop,
                int *action) {
  long sent;
  if (next_hop) {
    struct bpf_redir_neigh hop = {};
    if (is_ipv4(next_hop)) {
      hop.nh_family = 2; // AF_INET
      hop.ipv4_nh = ipv4_of(next_hop);
    } else {
      hop.nh_family = 10; // AF_INET6
      __builtin_memcpy(hop.ipv6_nh, next_hop, 16);
    }
    sent = bpf_redirect_neigh(ifindex, &hop, sizeof(hop), 0);
  } else {
    sent = bpf_redirect_neigh(ifindex, 0, 0, 0);
  }
  if (sent != TC_ACT_REDIRECT) {
    return VERDICT_NO_ROUTE;
  }
  *action = sent;
  return VERDICT_FORWARDED;
}
#endif

#endif
