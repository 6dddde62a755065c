// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// A real server's end of a tunnel, for tests and benches on kernels without ipip and fou: packets
// that arrive in IP (protocols 4 and 41) or in generic UDP encapsulation (port 6080, version 0,
// without extensions) lose the outer headers and go on to the host. All others pass.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define GUE_PORT 6080

// Of Linux 6.3; the headers may be older.
#define DECAP_TO_IPV4 (1ull << 7)
#define DECAP_TO_IPV6 (1ull << 8)

struct gue {
  __u8 version_and_octets;
  __u8 protocol;
  __be16 flags;
};

// Octets of UDP and GUE headers at `offset`, and what is inside; 0 if it is something else.
static __always_inline __u32 gue_octets(struct __sk_buff *c, __u32 offset, __u8 *inside) {
  struct udphdr udp;
  struct gue gue;
  if (bpf_skb_load_bytes(c, offset, &udp, sizeof(udp)) || udp.dest != bpf_htons(GUE_PORT) ||
      bpf_skb_load_bytes(c, offset + sizeof(udp), &gue, sizeof(gue)) || gue.version_and_octets) {
    return 0;
  }
  *inside = gue.protocol;
  return sizeof(udp) + sizeof(gue);
}

SEC("tc")
int unwrap(struct __sk_buff *c) {
  __u32 outer;
  __u8 inside;
  if (c->protocol == bpf_htons(ETH_P_IP)) {
    struct iphdr ip;
    if (bpf_skb_load_bytes(c, ETH_HLEN, &ip, sizeof(ip)) || ip.ihl != 5) {
      return TC_ACT_UNSPEC;
    }
    outer = sizeof(ip);
    inside = ip.protocol;
  } else if (c->protocol == bpf_htons(ETH_P_IPV6)) {
    struct ipv6hdr ip;
    if (bpf_skb_load_bytes(c, ETH_HLEN, &ip, sizeof(ip))) {
      return TC_ACT_UNSPEC;
    }
    outer = sizeof(ip);
    inside = ip.nexthdr;
  } else {
    return TC_ACT_UNSPEC;
  }
  if (inside == IPPROTO_UDP) {
    __u32 more = gue_octets(c, ETH_HLEN + outer, &inside);
    if (!more) {
      return TC_ACT_UNSPEC;
    }
    outer += more;
  }
  if (inside != IPPROTO_IPIP && inside != IPPROTO_IPV6) {
    return TC_ACT_UNSPEC;
  }
  __be16 kind = bpf_htons(inside == IPPROTO_IPV6 ? ETH_P_IPV6 : ETH_P_IP);
  __u64 how = BPF_F_ADJ_ROOM_FIXED_GSO;
  how |= inside == IPPROTO_IPV6 ? DECAP_TO_IPV6 : DECAP_TO_IPV4;
  if (bpf_skb_adjust_room(c, -(__s32)outer, BPF_ADJ_ROOM_MAC, how) ||
      bpf_skb_store_bytes(c, 12, &kind, sizeof(kind), 0)) {
    return TC_ACT_SHOT;
  }
  return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
