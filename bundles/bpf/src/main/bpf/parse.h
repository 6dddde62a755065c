// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: reads addresses, ports and signal of the packet. Trusts no length that it has not compared
// with the frame. Answers 0 or the verdict that ends it.
#ifndef PARSE_H
#define PARSE_H

#include "work.h"

#define SCTP_HEADER 12
#define IPV6_EXTENSIONS 6 // headers walked; with more a packet is malformed

struct ports {
  __be16 source;
  __be16 destination;
};

struct ipv6_extension {
  __u8 next;
  __u8 octets8;    // beyond the first 8
  __be16 offset;   // fragment: offset and "more"
  __u32 id;        // fragment
};

INLINE void map_ipv4(__u8 *to, __u32 address) {
  __u32 *words = (__u32 *)to;
  words[0] = 0;
  words[1] = 0;
  words[2] = bpf_htonl(0xffff);
  words[3] = address;
}

INLINE int parse_ipv4(context *c, struct packet *p, struct flow *f) {
  struct iphdr *ip = at(c, ETH_HLEN, sizeof(*ip));
  if (!ip || ip->version != 4 || ip->ihl < 5) {
    return VERDICT_MALFORMED;
  }
  __u32 header = ip->ihl * 4;
  __u32 room = frame_octets(c) - ETH_HLEN;
  __u32 octets = bpf_ntohs(ip->tot_len);
  if (!octets && segment_payload(c)) {
    octets = room; // larger than the field can say
  }
  if (octets > room || octets < header) {
    return VERDICT_MALFORMED;
  }
  __u32 place = bpf_ntohs(ip->frag_off);
  p->l4 = ETH_HLEN + header;
  p->octets = octets;
  p->hops = ip->ttl;
  p->keep_whole = (place & 0x4000) != 0;
  p->fragment = place & 0x1fff ? FRAGMENT_LATER : place & 0x2000 ? FRAGMENT_FIRST : FRAGMENT_NONE;
  p->fragment_id = ip->id;
  map_ipv4(f->source, ip->saddr);
  map_ipv4(f->destination, ip->daddr);
  f->protocol = ip->protocol;
  return 0;
}

INLINE int is_extension(__u8 header) {
  return header == IPPROTO_HOPOPTS || header == IPPROTO_ROUTING || header == IPPROTO_DSTOPTS ||
         header == IPPROTO_FRAGMENT;
}

INLINE int parse_ipv6(context *c, struct packet *p, struct flow *f) {
  struct ipv6hdr *ip = at(c, ETH_HLEN, sizeof(*ip));
  if (!ip || ip->version != 6) {
    return VERDICT_MALFORMED;
  }
  __u32 room = frame_octets(c) - ETH_HLEN;
  __u32 octets = sizeof(*ip) + bpf_ntohs(ip->payload_len);
  if (octets == sizeof(*ip) && segment_payload(c)) {
    octets = room;
  }
  if (octets > room) {
    return VERDICT_MALFORMED;
  }
  p->octets = octets;
  p->hops = ip->hop_limit;
  p->keep_whole = 1;
  p->ipv6 = 1;
  __builtin_memcpy(f->source, &ip->saddr, 16);
  __builtin_memcpy(f->destination, &ip->daddr, 16);
  __u8 next = ip->nexthdr;
  __u32 offset = ETH_HLEN + sizeof(*ip);
  for (int i = 0; i < IPV6_EXTENSIONS && is_extension(next); i++) {
    struct ipv6_extension *extension = at(c, offset, sizeof(*extension));
    if (!extension) {
      return VERDICT_MALFORMED;
    }
    if (next == IPPROTO_FRAGMENT) {
      __u32 place = bpf_ntohs(extension->offset);
      p->fragment = place & 0xfff8 ? FRAGMENT_LATER : place & 1 ? FRAGMENT_FIRST : FRAGMENT_NONE;
      p->fragment_id = extension->id;
      offset += 8;
    } else {
      offset += 8 + extension->octets8 * 8;
    }
    next = extension->next;
    if (p->fragment == FRAGMENT_LATER) {
      break;
    }
  }
  if (offset > MOST_OFFSET || is_extension(next)) {
    return VERDICT_MALFORMED;
  }
  f->protocol = next;
  p->l4 = offset;
  return 0;
}

INLINE int parse_tcp(context *c, struct packet *p) {
  struct tcphdr *tcp = at(c, p->l4, sizeof(*tcp));
  if (!tcp || tcp->doff < 5) {
    return VERDICT_MALFORMED;
  }
  p->l4_octets = tcp->doff * 4;
  p->signal = tcp->rst ? SIGNAL_RESET : tcp->syn ? SIGNAL_OPEN : tcp->fin ? SIGNAL_FIN : SIGNAL_DATA;
  p->first = tcp->syn && !tcp->ack && !tcp->rst && !tcp->fin;
  return 0;
}

INLINE int parse_sctp(context *c, struct packet *p) {
  __u32 chunk; // its first octet is its type
  if (copy_of(c, p->l4 + SCTP_HEADER, &chunk, sizeof(chunk))) {
    return VERDICT_MALFORMED;
  }
  p->l4_octets = SCTP_HEADER;
  switch (*(__u8 *)&chunk) { // the first chunk's type, RFC 9260, 3.2
    case 1:                    // INIT
      p->first = 1;
      p->signal = SIGNAL_OPEN;
      break;
    case 2: // INIT ACK
      p->signal = SIGNAL_OPEN;
      break;
    case 6: // ABORT
      p->signal = SIGNAL_RESET;
      break;
    case 7:  // SHUTDOWN
    case 8:  // SHUTDOWN ACK
    case 14: // SHUTDOWN COMPLETE
      p->signal = SIGNAL_FIN;
      break;
    default:
      p->signal = SIGNAL_DATA;
  }
  return 0;
}

// Ports and signal; ICMP is left to its own step.
INLINE int parse_transport(context *c, struct packet *p, struct flow *f) {
  int verdict = 0;
  __u32 least = 8;
  if (f->protocol == IPPROTO_TCP) {
    verdict = parse_tcp(c, p);
    least = p->l4_octets;
  } else if (f->protocol == IPPROTO_SCTP) {
    verdict = parse_sctp(c, p);
    least = SCTP_HEADER + 4;
  } else if (f->protocol == IPPROTO_UDP) {
    p->l4_octets = least;
    p->signal = SIGNAL_DATA;
    p->first = 1;
  } else {
    return 0;
  }
  struct ports *ports = at(c, p->l4, 8);
  // A later fragment may be short; the first one must have the whole header.
  if (verdict || !ports || p->l4 - ETH_HLEN + least > p->octets) {
    return VERDICT_MALFORMED;
  }
  f->source_port = ports->source;
  f->destination_port = ports->destination;
  return 0;
}

INLINE int parse(context *c, struct packet *p, struct flow *f) {
  struct ethhdr *ethernet = at(c, 0, sizeof(*ethernet));
  if (!ethernet || !for_this_station(c)) {
    return VERDICT_NOT_OURS;
  }
  __builtin_memset(p, 0, sizeof(*p));
  __builtin_memset(f, 0, sizeof(*f));
  int verdict;
  if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
    verdict = parse_ipv4(c, p, f);
  } else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
    verdict = parse_ipv6(c, p, f);
  } else {
    return VERDICT_NOT_OURS;
  }
  if (verdict) {
    return verdict;
  }
  if (p->fragment != FRAGMENT_LATER) {
    verdict = parse_transport(c, p, f);
  }
  __u32 payload = segment_payload(c);
  if (payload == SEGMENTS_LISTED) {
    payload = 1; // its sender has looked at the path
  }
  p->largest = payload ? p->l4 - ETH_HLEN + p->l4_octets + payload : p->octets;
  return verdict;
}

#endif
