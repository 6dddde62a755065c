// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Steps: an ICMP error follows the connection it is about, in both directions, rewritten inside
// and outside; and the two errors that a director has to send itself.
#ifndef ICMP_H
#define ICMP_H

#include "forward_nat.h"

// Not from the kernel's headers: those of ICMP need a C library.
#define ICMP_HEADER 8
#define ICMP4_UNREACHABLE 3
#define ICMP4_TOO_BIG 4 // its code
#define ICMP4_TIME_EXCEEDED 11
#define ICMP4_PARAMETER 12
#define ICMP6_UNREACHABLE 1
#define ICMP6_TOO_BIG 2
#define ICMP6_TIME_EXCEEDED 3
#define ICMP6_PARAMETER 4

struct icmp {
  __u8 type;
  __u8 code;
  __sum16 checksum;
  __be16 unused; // IPv6: the upper half of the MTU
  __be16 mtu;
};

INLINE int is_error(const struct packet *p, __u8 type) {
  if (p->ipv6) {
    return type >= ICMP6_UNREACHABLE && type <= ICMP6_PARAMETER;
  }
  return type == ICMP4_UNREACHABLE || type == ICMP4_TIME_EXCEEDED || type == ICMP4_PARAMETER;
}

// Where the quoted packet's ports stand, and its flow in w->target; 0 if there is none.
INLINE __u32 quoted(context *c, struct work *w, __u32 start) {
  struct flow *inner = &w->target;
  __builtin_memset(inner, 0, sizeof(*inner));
  __u32 ports_at;
  if (w->packet.ipv6) {
    struct ipv6hdr *ip = at(c, start, sizeof(*ip));
    if (!ip) {
      return 0;
    }
    __builtin_memcpy(inner->source, &ip->saddr, 16);
    __builtin_memcpy(inner->destination, &ip->daddr, 16);
    inner->protocol = ip->nexthdr;
    ports_at = start + sizeof(*ip);
  } else {
    struct iphdr *ip = at(c, start, sizeof(*ip));
    if (!ip || ip->ihl < 5 || ip->frag_off & bpf_htons(0x1fff)) {
      return 0;
    }
    map_ipv4(inner->source, ip->saddr);
    map_ipv4(inner->destination, ip->daddr);
    inner->protocol = ip->protocol;
    ports_at = start + ip->ihl * 4;
  }
  struct ports *ports = at(c, ports_at, sizeof(*ports));
  if (!ports) {
    return 0;
  }
  inner->source_port = ports->source;
  inner->destination_port = ports->destination;
  return ports_at;
}

INLINE int is_icmp(const struct work *w) {
  return w->flow.protocol == (w->packet.ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
}

// If the packet is an ICMP error about a connection of ours, answers its entry: that of the
// packets which go where the error goes. w->flow becomes that entry's key.
INLINE struct connection *find_by_error(context *c, struct work *w) {
  __u8 *type = at(c, w->packet.l4, ICMP_HEADER);
  if (!type || w->packet.fragment || !is_error(&w->packet, *type)) {
    return 0;
  }
  if (!quoted(c, w, w->packet.l4 + ICMP_HEADER)) {
    return 0;
  }
  opposite(&w->flow, &w->target);
  w->packet.error = 1;
  return find(w);
}

#ifndef HOOK_XDP
INLINE __u16 word_at(const __u8 *address, const int i) {
  return ((const __u16 *)address)[i];
}

// The quoted packet becomes `other`; the error goes to other's source and, if it came from the
// translated end itself, comes from the other one.
__attribute__((noinline)) int rewrite_error(context *c) {
  struct work *w = work_of_this_processor();
  if (!w) {
    return -1;
  }
  struct flow *inner = &w->target; // as quoted
  struct flow *other = &w->connection.other;
  __u32 start = w->packet.l4 + ICMP_HEADER;
  __u32 ports_at = quoted(c, w, start);
  if (!ports_at) {
    return -1;
  }
  __u32 ports = port_difference(inner, other);
  __be16 written[2] = {other->source_port, other->destination_port};
  // The entry's key is the opposite of what was quoted: its destination is whom the error left.
  struct flow outer = {};
  if (w->packet.ipv6) {
    struct ipv6hdr *ip = at(c, ETH_HLEN, sizeof(*ip));
    if (!ip) {
      return -1;
    }
    __builtin_memcpy(outer.source, &ip->saddr, 16);
    __builtin_memcpy(outer.destination, &ip->daddr, 16);
  } else {
    struct iphdr *ip = at(c, ETH_HLEN, sizeof(*ip));
    if (!ip) {
      return -1;
    }
    map_ipv4(outer.source, ip->saddr);
    map_ipv4(outer.destination, ip->daddr);
  }
  struct flow after = {};
  int by_end = same_octets(outer.source, inner->destination, 2);
  __builtin_memcpy(after.source, by_end ? other->destination : outer.source, 16);
  __builtin_memcpy(after.destination, other->source, 16);
  __u32 outside = bpf_csum_diff((__be32 *)outer.source, 32, (__be32 *)after.source, 32, 0);
  __u32 inside = bpf_csum_diff((__be32 *)inner->source, 32, (__be32 *)other->source, 32, 0);
  __u32 checksum_at = w->packet.l4 + 2;
  long failed = bpf_skb_store_bytes(c, ports_at, written, sizeof(written), 0);
  if (w->packet.ipv6) {
    failed |= bpf_skb_store_bytes(c, start + 8, other->source, 32, 0);
    failed |= bpf_skb_store_bytes(c, ETH_HLEN + 8, after.source, 32, 0);
    failed |= correct(c, checksum_at, inside, IPV6);
    failed |= correct(c, checksum_at, outside, IPV6 | PSEUDO_HEADER);
    return failed || correct(c, checksum_at, ports, IPV6);
  }
  // An IPv4 header's checksum outweighs its addresses: only the ports change the ICMP checksum.
  struct iphdr *ip = at(c, start, sizeof(*ip));
  if (failed || !ip) {
    return -1;
  }
  ip->saddr = ipv4_of(other->source);
  ip->daddr = ipv4_of(other->destination);
  ip->check = corrected(ip->check, inside);
  ip = at(c, ETH_HLEN, sizeof(*ip));
  if (!ip) {
    return -1;
  }
  ip->saddr = ipv4_of(after.source);
  ip->daddr = ipv4_of(after.destination);
  ip->check = corrected(ip->check, outside);
  return correct(c, checksum_at, ports, 0);
}

// ---- Errors of our own ------------------------------------------------------------------------

struct error4 {
  struct iphdr ip;
  struct icmp icmp;
} __attribute__((packed));

struct error6 {
  struct ipv6hdr ip;
  struct icmp icmp;
} __attribute__((packed));

// The sum of w->quote's first octets, 4 at a time: the length is at most 252 and a multiple of 4.
INLINE __u32 sum_of_quote(struct work *w, __u32 octets, __u32 sum) {
  octets &= 0xfc;
  return octets ? bpf_csum_diff(0, 0, (__be32 *)w->quote, octets, sum) : sum;
}

INLINE int write_error4(context *c, struct work *w, __u32 octets, __u32 mtu) {
  struct error4 e = {};
  e.icmp.type = mtu ? ICMP4_UNREACHABLE : ICMP4_TIME_EXCEEDED;
  e.icmp.code = mtu ? ICMP4_TOO_BIG : 0;
  e.icmp.mtu = bpf_htons(mtu);
  __u32 sum = bpf_csum_diff(0, 0, (__be32 *)&e.icmp, sizeof(e.icmp), 0);
  e.icmp.checksum = ~fold(sum_of_quote(w, octets, sum));
  e.ip.version = 4;
  e.ip.ihl = 5;
  e.ip.tot_len = bpf_htons(sizeof(e) + octets);
  e.ip.ttl = 64;
  e.ip.protocol = IPPROTO_ICMP;
  e.ip.saddr = ipv4_of(w->flow.destination);
  e.ip.daddr = ipv4_of(w->flow.source);
  e.ip.check = ~fold(bpf_csum_diff(0, 0, (__be32 *)&e.ip, sizeof(e.ip), 0));
  return bpf_skb_store_bytes(c, ETH_HLEN, &e, sizeof(e), 0);
}

INLINE int write_error6(context *c, struct work *w, __u32 octets, __u32 mtu) {
  struct error6 e = {};
  e.icmp.type = mtu ? ICMP6_TOO_BIG : ICMP6_TIME_EXCEEDED;
  e.icmp.mtu = bpf_htons(mtu);
  __u32 payload = sizeof(e.icmp) + octets;
  __be32 pseudo[2] = {bpf_htonl(payload), bpf_htonl(IPPROTO_ICMPV6)};
  __u32 sum = bpf_csum_diff(0, 0, (__be32 *)&e.icmp, sizeof(e.icmp), 0);
  sum = bpf_csum_diff(0, 0, pseudo, sizeof(pseudo), sum);
  sum = bpf_csum_diff(0, 0, (__be32 *)w->flow.source, 32, sum);
  e.icmp.checksum = ~fold(sum_of_quote(w, octets, sum));
  e.ip.version = 6;
  e.ip.payload_len = bpf_htons(payload);
  e.ip.nexthdr = IPPROTO_ICMPV6;
  e.ip.hop_limit = 64;
  __builtin_memcpy(&e.ip.saddr, w->flow.destination, 16);
  __builtin_memcpy(&e.ip.daddr, w->flow.source, 16);
  return bpf_skb_store_bytes(c, ETH_HLEN, &e, sizeof(e), 0);
}

// Sends the frame back to the station that it came from.
INLINE int return_frame(context *c) {
  __u8 *frame = at(c, 0, ETH_HLEN);
  if (!frame) {
    return DROP;
  }
  __u8 station[6];
  __builtin_memcpy(station, frame, 6);
  __builtin_memcpy(frame, frame + 6, 6);
  __builtin_memcpy(frame + 6, station, 6);
  return bpf_redirect(c->ifindex, 0);
}

// Turns the packet, as it came, into an error about it and sends it back where it came from:
// "too big" with the MTU (mtu > 0; RFC 1191, RFC 4443 3.2) or "time exceeded". Its source is the
// service's address. Answers the program's return code.
__attribute__((noinline)) int answer_error(context *c, __u32 mtu) {
  struct work *w = work_of_this_processor();
  if (!w || w->packet.l4 < ETH_HLEN || w->packet.fragment == FRAGMENT_LATER) {
    return DROP;
  }
  // The IP header, and of the transport header what holds its checksum, in whole words.
  __u32 octets = (w->packet.l4 - ETH_HLEN + (w->packet.l4_octets > 20 ? 20 : w->packet.l4_octets)) &
                 0xfc;
  if (octets < 28 || octets > 248 || bpf_skb_load_bytes(c, ETH_HLEN, w->quote, octets)) {
    return DROP;
  }
  __u32 more = w->packet.ipv6 ? sizeof(struct error6) : sizeof(struct error4);
  if (bpf_skb_change_tail(c, ETH_HLEN + octets, 0) ||
      bpf_skb_adjust_room(c, more, BPF_ADJ_ROOM_MAC, 0)) {
    return DROP;
  }
  if (w->packet.ipv6 ? write_error6(c, w, octets, mtu) : write_error4(c, w, octets, mtu)) {
    return DROP;
  }
  plane_count(icmp_sent);
  return return_frame(c);
}
#endif

#endif
