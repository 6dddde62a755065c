// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: masquerading and full NAT, both directions: the packet becomes the opposite of the other
// direction's tuple.
#ifndef FORWARD_NAT_H
#define FORWARD_NAT_H

#include "crc32c.h"
#include "send.h"

#define TCP_CHECKSUM 16
#define UDP_CHECKSUM 6
#define SCTP_CHECKSUM 8

INLINE __u32 words_of_ports(const struct flow *flow) {
  return (__u32)flow->source_port << 16 | flow->destination_port;
}

// How the sum over a packet grows by exchanging both ports.
INLINE __u32 port_difference(const struct flow *from, const struct flow *to) {
  return (__u32)(__u16)~from->source_port + (__u16)~from->destination_port + to->source_port +
         to->destination_port;
}

INLINE int correct_transport(context *c, struct work *w, __u32 addresses) {
  __u32 flags = w->packet.ipv6 ? IPV6 : 0;
  __u32 place = w->packet.l4;
  if (w->flow.protocol == IPPROTO_SCTP) {
    return words_of_ports(&w->flow) == words_of_ports(&w->target)
               ? 0
               : correct_crc32c(c, w, place + SCTP_CHECKSUM);
  }
  if (w->flow.protocol == IPPROTO_TCP) {
    place += TCP_CHECKSUM;
  } else {
    place += UDP_CHECKSUM;
    flags |= MAY_BE_ABSENT;
  }
  if (correct(c, place, addresses, flags | PSEUDO_HEADER)) {
    return -1;
  }
  if (words_of_ports(&w->flow) == words_of_ports(&w->target)) {
    return 0;
  }
  return correct(c, place, port_difference(&w->flow, &w->target), flags);
}

INLINE int write_addresses(context *c, const struct work *w, __u32 addresses) {
  if (w->packet.ipv6) {
    struct ipv6hdr *ip = at(c, ETH_HLEN, sizeof(*ip));
    if (!ip) {
      return -1;
    }
    __builtin_memcpy(&ip->saddr, w->target.source, 16);
    __builtin_memcpy(&ip->daddr, w->target.destination, 16);
    return 0;
  }
  struct iphdr *ip = at(c, ETH_HLEN, sizeof(*ip));
  if (!ip) {
    return -1;
  }
  ip->saddr = ipv4_of(w->target.source);
  ip->daddr = ipv4_of(w->target.destination);
  ip->check = corrected(ip->check, addresses);
  return 0;
}

INLINE int write_ports(context *c, const struct work *w) {
  struct ports *ports = at(c, w->packet.l4, sizeof(*ports));
  if (!ports) {
    return -1;
  }
  ports->source = w->target.source_port;
  ports->destination = w->target.destination_port;
  return 0;
}

// Makes the packet w->target. 0 is success.
INLINE int rewrite(context *c, struct work *w) {
  __u32 addresses = bpf_csum_diff((__be32 *)w->flow.source, 32, (__be32 *)w->target.source, 32, 0);
  if (w->packet.fragment != FRAGMENT_LATER) {
    if (correct_transport(c, w, addresses) || write_ports(c, w)) {
      return -1;
    }
  }
  return write_addresses(c, w, addresses);
}

// The option of a SYN that says how large segments may be, lowered to what the path takes, so
// that no end has to find that out by loss. Options are walked, at most 10.
INLINE void clamp_mss(context *c, struct work *w, __u32 mtu) {
  __u32 headers = (w->packet.ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)) +
                  sizeof(struct tcphdr);
  if (!mtu || mtu <= headers || w->flow.protocol != IPPROTO_TCP ||
      w->packet.signal != SIGNAL_OPEN || w->packet.fragment) {
    return;
  }
  __u32 most = mtu - headers;
  __u32 offset = w->packet.l4 + sizeof(struct tcphdr);
  __u32 end = w->packet.l4 + w->packet.l4_octets;
  for (int i = 0; i < 10 && offset + 4 <= end; i++) {
    __u8 *option = at(c, offset, 4);
    if (!option || option[0] == 0) {
      return;
    }
    if (option[0] == 1) {
      offset++;
      continue;
    }
    if (option[0] != 2 || option[1] != 4) {
      if (option[1] < 2) {
        return;
      }
      offset += option[1];
      continue;
    }
    __u16 before = option[2] << 8 | option[3];
    if (before <= most) {
      return;
    }
    option[2] = most >> 8;
    option[3] = most;
    // A 16-bit word at an odd offset stands in the sum with its octets exchanged.
    __u32 odd = (offset - w->packet.l4) & 1;
    __u16 old_word = odd ? before : bpf_htons(before);
    __u16 new_word = odd ? (__u16)most : bpf_htons(most);
    correct(c, w->packet.l4 + TCP_CHECKSUM, (__u32)(__u16)~old_word + new_word,
            w->packet.ipv6 ? IPV6 : 0);
    plane_count(clamped);
    return;
  }
}

INLINE int translate(context *c, struct work *w, const struct connection *e, __u32 mtu) {
  opposite(&w->target, &e->other);
  clamp_mss(c, w, mtu);
  return rewrite(c, w) || count_down(c, &w->packet);
}

INLINE int forward_nat(context *c, struct work *w, const struct connection *e,
                       const struct real *real, int *action) {
  if (translate(c, w, e, real->mtu)) {
    return VERDICT_NO_ROUTE;
  }
  return send(c, w, real->ifindex, is_zero(real->next_hop) ? 0 : real->next_hop, action);
}

// From the real server: to where the client's packets come in. Segments are clamped to the path
// that the client's will take.
INLINE int answer_nat(context *c, struct work *w, const struct connection *e, __u32 mtu,
                      int *action) {
  __u32 ifindex = e->ifindex;
  return translate(c, w, e, mtu) ? VERDICT_NO_ROUTE : send(c, w, ifindex, 0, action);
}

#endif
