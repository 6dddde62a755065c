// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: who sent a TCP packet that nobody will take is told at once (RFC 9293, 3.5.2), so that it
// tries again or elsewhere instead of waiting.
#ifndef RESET_H
#define RESET_H

#include "icmp.h"

#ifndef HOOK_XDP
INLINE void fill_reset(struct tcphdr *reset, const struct tcphdr *tcp, __u32 payload) {
  reset->source = tcp->dest;
  reset->dest = tcp->source;
  reset->doff = 5;
  reset->rst = 1;
  if (tcp->ack) {
    reset->seq = tcp->ack_seq;
  } else {
    reset->ack = 1;
    reset->ack_seq = bpf_htonl(bpf_ntohl(tcp->seq) + payload + tcp->syn + tcp->fin);
  }
}

INLINE int return_ipv4(context *c, __u32 octets) {
  struct iphdr *ip = at(c, ETH_HLEN, sizeof(*ip));
  if (!ip) {
    return -1;
  }
  struct iphdr before;
  __builtin_memcpy(&before, ip, sizeof(before));
  struct iphdr after = before;
  after.saddr = before.daddr;
  after.daddr = before.saddr;
  after.tot_len = bpf_htons(octets);
  after.frag_off = bpf_htons(0x4000);
  after.ttl = 64;
  __u32 grown = bpf_csum_diff((__be32 *)&before, sizeof(before), (__be32 *)&after, sizeof(after), 0);
  after.check = corrected(before.check, grown);
  return bpf_skb_store_bytes(c, ETH_HLEN, &after, sizeof(after), 0);
}

INLINE int return_ipv6(context *c, const struct work *w, __u32 octets) {
  struct ipv6hdr *ip = at(c, ETH_HLEN, sizeof(*ip));
  if (!ip) {
    return -1;
  }
  ip->payload_len = bpf_htons(octets - sizeof(*ip));
  ip->hop_limit = 64;
  __builtin_memcpy(&ip->saddr, w->flow.destination, 16);
  __builtin_memcpy(&ip->daddr, w->flow.source, 16);
  return 0;
}

// Turns the packet into a reset for its sender. Answers the program's return code.
__attribute__((noinline)) int answer_reset(context *c) {
  struct work *w = work_of_this_processor();
  if (!w || w->flow.protocol != IPPROTO_TCP || w->packet.fragment || w->packet.error ||
      w->packet.signal == SIGNAL_RESET) {
    return DROP;
  }
  __u32 l4 = w->packet.l4;
  struct tcphdr *tcp = at(c, l4, sizeof(*tcp));
  if (!tcp) {
    return DROP;
  }
  struct tcphdr reset = {};
  __u32 header = l4 - ETH_HLEN;
  fill_reset(&reset, tcp, w->packet.octets - header - w->packet.l4_octets);
  __be32 pseudo[2] = {bpf_htonl(sizeof(reset)), bpf_htonl(IPPROTO_TCP)};
  __u32 sum = bpf_csum_diff(0, 0, pseudo, sizeof(pseudo), 0);
  if (w->packet.ipv6) {
    sum = bpf_csum_diff(0, 0, (__be32 *)w->flow.source, 32, sum);
  } else {
    sum = bpf_csum_diff(0, 0, (__be32 *)(w->flow.source + 12), 4, sum);
    sum = bpf_csum_diff(0, 0, (__be32 *)(w->flow.destination + 12), 4, sum);
  }
  reset.check = ~fold(bpf_csum_diff(0, 0, (__be32 *)&reset, sizeof(reset), sum));
  if (bpf_skb_change_tail(c, l4 + sizeof(reset), 0) ||
      bpf_skb_store_bytes(c, l4, &reset, sizeof(reset), 0) ||
      (w->packet.ipv6 ? return_ipv6(c, w, header + sizeof(reset))
                      : return_ipv4(c, header + sizeof(reset)))) {
    return DROP;
  }
  plane_count(resets_sent);
  return return_frame(c);
}
#endif

#endif
