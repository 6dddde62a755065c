// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: tunneling. The packet goes to the real server unchanged inside another one: IP in IP
// (RFC 2003, 2473, 4213) or Generic UDP Encapsulation (draft-ietf-intarea-gue, version 0, as
// Linux' fou receives it). The real server has the service's address and answers by itself. The
// outer source (IPIP) or source port (GUE) varies by flow, so that the receiver's queues and the
// network's equal paths are all used.
#ifndef FORWARD_TUNNEL_H
#define FORWARD_TUNNEL_H

#include "send.h"

#define TUNNEL_TTL 64

struct gue {
  struct udphdr udp;
  __u8 version_and_octets; // 0: version 0, no extensions
  __u8 protocol;           // 4 or 41
  __be16 flags;
} __attribute__((packed));

struct outer4 {
  struct iphdr ip;
  struct gue gue;
} __attribute__((packed));

struct outer6 {
  struct ipv6hdr ip;
  struct gue gue;
} __attribute__((packed));

// The same for all packets of a flow.
INLINE __u32 entropy_of(const struct flow *flow) {
  const __u64 *words = (const __u64 *)flow;
  __u64 mixed = 0;
#pragma unroll
  for (int i = 0; i < 5; i++) {
    mixed = (mixed ^ words[i]) * 0x9e3779b97f4a7c15ull;
    mixed ^= mixed >> 32;
  }
  return mixed;
}

INLINE void fill_gue(struct gue *gue, const struct work *w, const struct real *real, __u32 octets,
                     __u32 entropy) {
  gue->udp.source = bpf_htons(0xc000 | (entropy & 0x3fff)); // dynamic ports, RFC 6335
  gue->udp.dest = real->gue_port;
  gue->udp.len = bpf_htons(octets);
  gue->udp.check = 0; // allowed for tunnels also in IPv6: RFC 6935, 6936
  gue->version_and_octets = 0;
  gue->protocol = w->packet.ipv6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
  gue->flags = 0;
}

INLINE __u16 ipv4_checksum(const struct iphdr *ip) {
  return ~fold(bpf_csum_diff(0, 0, (__be32 *)ip, sizeof(*ip), 0));
}

// Makes room of `more` octets behind the Ethernet header.
INLINE int widen(context *c, const struct work *w, int outer_ipv6, int by_udp, __u32 more) {
#ifdef HOOK_XDP
  __u8 stations[12];
  __u8 *frame = at(c, 0, ETH_HLEN);
  if (!frame) {
    return -1;
  }
  __builtin_memcpy(stations, frame, 12);
  if (bpf_xdp_adjust_head(c, -(int)more)) {
    return -1;
  }
  frame = at(c, 0, ETH_HLEN);
  if (!frame) {
    return -1;
  }
  __builtin_memcpy(frame, stations, 12);
  return 0;
#else
  __u64 how = outer_ipv6 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV4;
  if (by_udp) {
    how |= BPF_F_ADJ_ROOM_ENCAP_L4_UDP;
  }
  // Datagrams that are still together keep their size: it is what tells them apart.
  if (w->flow.protocol == IPPROTO_UDP) {
    how |= BPF_F_ADJ_ROOM_FIXED_GSO;
  }
  return bpf_skb_adjust_room(c, more, BPF_ADJ_ROOM_MAC, how);
#endif
}

// The headers are built in w->quote, and copied.
INLINE int write_outer(context *c, struct work *w, int outer_ipv6, __u32 more) {
  __be16 kind = bpf_htons(outer_ipv6 ? ETH_P_IPV6 : ETH_P_IP);
#ifdef HOOK_XDP
  __u16 *type = at(c, 12, 2);
  if (!type) {
    return -1;
  }
  *type = kind;
#define COPY(size)                          \
  if (more == (size)) {                     \
    __u8 *to = at(c, ETH_HLEN, (size));     \
    if (!to) {                              \
      return -1;                            \
    }                                       \
    __builtin_memcpy(to, w->quote, (size)); \
  }
  COPY(sizeof(struct iphdr))
  COPY(sizeof(struct outer4))
  COPY(sizeof(struct ipv6hdr))
  COPY(sizeof(struct outer6))
#undef COPY
  return 0;
#else
  if (bpf_skb_store_bytes(c, 12, &kind, 2, 0)) {
    return -1;
  }
  return bpf_skb_store_bytes(c, ETH_HLEN, w->quote, more, 0);
#endif
}

INLINE __u32 outer_octets(const struct real *real) {
  return (is_ipv4(real->address) ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) +
         (real->method == METHOD_TUNNEL_GUE ? sizeof(struct gue) : 0);
}

INLINE int forward_tunnel(context *c, struct work *w, const struct real *real, int *action) {
  int by_udp = real->method == METHOD_TUNNEL_GUE;
  int outer_ipv6 = !is_ipv4(real->address);
  __u32 more = outer_octets(real);
  if (count_down(c, &w->packet) || widen(c, w, outer_ipv6, by_udp, more)) {
    return VERDICT_NO_ROUTE;
  }
  __u32 entropy = entropy_of(&w->flow);
  __u8 inner = w->packet.ipv6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
  __u16 varied = by_udp ? 0 : (__u16)entropy & real->source_variety;
  __u32 octets = w->packet.octets;
  if (outer_ipv6) {
    struct outer6 *outer = (struct outer6 *)w->quote;
    __builtin_memset(outer, 0, sizeof(*outer));
    outer->ip.version = 6;
    outer->ip.payload_len = bpf_htons(octets + more - sizeof(struct ipv6hdr));
    outer->ip.nexthdr = by_udp ? IPPROTO_UDP : inner;
    outer->ip.hop_limit = TUNNEL_TTL;
    __builtin_memcpy(&outer->ip.saddr, real->tunnel_source, 16);
    __builtin_memcpy(&outer->ip.daddr, real->address, 16);
    outer->ip.saddr.in6_u.u6_addr16[7] ^= varied;
    fill_gue(&outer->gue, w, real, octets + sizeof(struct gue), entropy);
  } else {
    struct outer4 *outer = (struct outer4 *)w->quote;
    __builtin_memset(outer, 0, sizeof(*outer));
    outer->ip.version = 4;
    outer->ip.ihl = 5;
    outer->ip.tot_len = bpf_htons(octets + more);
    // Atomic (RFC 6864): never fragmented on the way if the inner one must not be.
    outer->ip.frag_off = bpf_htons(w->packet.keep_whole ? 0x4000 : 0);
    outer->ip.id = bpf_htons(entropy >> 16);
    outer->ip.ttl = TUNNEL_TTL;
    outer->ip.protocol = by_udp ? IPPROTO_UDP : inner;
    outer->ip.saddr = ipv4_of(real->tunnel_source) ^ (__u32)varied << 16;
    outer->ip.daddr = ipv4_of(real->address);
    outer->ip.check = ipv4_checksum(&outer->ip);
    fill_gue(&outer->gue, w, real, octets + sizeof(struct gue), entropy);
  }
  if (write_outer(c, w, outer_ipv6, more)) {
    return VERDICT_NO_ROUTE;
  }
  return send(c, w, real->ifindex, is_zero(real->next_hop) ? 0 : real->next_hop, action);
}

#endif
