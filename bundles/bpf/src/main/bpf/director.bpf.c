// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The way of a packet, from top to bottom: parse -> fragment -> connection (or, for errors,
// icmp) -> service -> choose -> forward. Each step is a file; each exit is a verdict that is
// counted. Built once for each hook; what XDP cannot do it leaves, untouched and uncounted, to the
// program at tc behind it.
#include "parse.h"

#include "fragment.h"

#include "connection.h"

#include "service.h"

#include "choose.h"

#include "send.h"

#include "forward_direct.h"
#include "forward_nat.h"
#include "forward_tunnel.h"
#include "icmp.h"
#include "reset.h"

INLINE int forward(context *c, struct work *w, struct connection *e, const struct real *real,
                   int *action) {
  if (e->flags & CONNECTION_REVERSE) {
    return answer_nat(c, w, e, real->mtu, action);
  }
  switch (e->method) {
    case METHOD_MASQUERADING:
    case METHOD_FULLNAT:
      return forward_nat(c, w, e, real, action);
    case METHOD_DIRECT:
      return forward_direct(c, w, real, action);
    case METHOD_TUNNEL_IPIP:
    case METHOD_TUNNEL_GUE:
      return forward_tunnel(c, w, real, action);
    case METHOD_LOCAL:
      *action = PASS;
      return VERDICT_FORWARDED;
    default:
      return VERDICT_NO_ROUTE;
  }
}

// What can be known before anything is changed or counted: 0, or the verdict that ends it.
INLINE int prepare(context *c, struct work *w, const struct connection *e,
                   const struct real *real) {
  if (e->method == METHOD_LOCAL) {
    return 0;
  }
  int tunnel = e->method == METHOD_TUNNEL_IPIP || e->method == METHOD_TUNNEL_GUE;
  int refused = may_go(&w->packet, w->packet.reverse || w->packet.error ? 0 : real->mtu,
                       tunnel ? outer_octets(real) : 0);
#ifdef HOOK_XDP
  if (refused) {
    return LEFT_TO_TC; // which answers
  }
  if (w->packet.reverse) {
    return look_ahead(c, w, e->ifindex, e->other.destination, e->other.source);
  }
  return look_ahead(c, w, real->ifindex,
                    tunnel                     ? real->tunnel_source
                    : keeps_reverse(e->method) ? e->other.destination
                                               : w->flow.source,
                    is_zero(real->next_hop) ? real->address : real->next_hop);
#else
  return refused;
#endif
}

#ifndef HOOK_XDP
// An error about a translated connection, or 0 if it goes like the connection's other packets.
INLINE int forward_error(context *c, struct work *w, struct connection *e, const struct real *real,
                         int *action) {
  w->connection.other = e->other;
  __u32 ifindex = w->packet.reverse ? e->ifindex : real->ifindex;
  const __u8 *hop = w->packet.reverse || is_zero(real->next_hop) ? 0 : real->next_hop;
  if (rewrite_error(c) || count_down(c, &w->packet)) {
    return VERDICT_NO_ROUTE;
  }
  int verdict = send(c, w, ifindex, hop, action);
  return verdict == VERDICT_FORWARDED ? VERDICT_RELATED : verdict;
}
#endif

// A packet of a connection that is known, or was just opened.
INLINE int follow(context *c, struct work *w, struct connection *e, int opened, __u64 now,
                  int *action) {
  w->packet.service = e->service;
  w->packet.reverse = (e->flags & CONNECTION_REVERSE) != 0;
  __u32 index = e->real;
  struct real *real = bpf_map_lookup_elem(&reals, &index);
  if (!real || real->flags & REAL_GONE) {
    return VERDICT_NO_REAL_SERVER;
  }
  int refused = prepare(c, w, e, real);
  if (refused) {
    return refused;
  }
#ifndef HOOK_XDP
  if (w->packet.error && keeps_reverse(e->method)) {
    return forward_error(c, w, e, real, action);
  }
#endif
  if (e->flags & CONNECTION_CUT) {
    return VERDICT_CUT;
  }
  if (!w->packet.error) {
    if (!opened) {
      track(w, e, interface_of(c), now);
    }
    count_packet(&w->packet, e->service, index, w->packet.reverse);
  }
  int verdict = forward(c, w, e, real, action);
  if (verdict != VERDICT_FORWARDED) {
    return verdict;
  }
  return opened ? VERDICT_ACCEPTED : w->packet.error ? VERDICT_RELATED : VERDICT_FORWARDED;
}

#ifdef HOOK_XDP
INLINE int leave(context *c, struct work *w, int verdict) {
  // What is refused without a word can be refused here; the rest is for tc, which has the words.
  if (verdict == VERDICT_ACCESS_DENIED || verdict == VERDICT_RATE_LIMIT ||
      verdict == VERDICT_MALFORMED ||
      (verdict == VERDICT_UNKNOWN_CONNECTION && !passes_unknown())) {
    count_verdict(w->packet.service, verdict);
    return DROP;
  }
  return PASS;
}
#else
// What a packet that did not go its way becomes.
INLINE int leave(context *c, struct work *w, int verdict) {
  count_verdict(w->packet.service, verdict);
  // Nobody is told about an error's error (RFC 1122, 3.2.2), nor a real server about its answer.
  int silent = w->packet.error || w->packet.reverse;
  switch (verdict) {
    case VERDICT_NOT_OURS:
    case VERDICT_LOOP:
    case VERDICT_UNKNOWN_FRAGMENT:
      return PASS;
    case VERDICT_UNKNOWN_CONNECTION:
      return passes_unknown() ? PASS : DROP;
    case VERDICT_HOP_LIMIT:
    case VERDICT_TOO_BIG:
      return silent || (w->packet.mtu && !w->packet.keep_whole) ? DROP
                                                                : answer_error(c, w->packet.mtu);
    case VERDICT_NO_REAL_SERVER:
    case VERDICT_NOT_IN_SERVICE:
    case VERDICT_CUT:
      return answer_reset(c);
    default:
      return DROP;
  }
}
#endif

// The packet's entry, if there is one; with what only some packets need before.
INLINE int find_any(context *c, struct work *w, __u64 now, struct connection **found) {
#ifdef HOOK_XDP
  if (w->packet.fragment || is_icmp(w)) {
    return LEFT_TO_TC;
  }
#else
  if (w->packet.fragment) {
    int verdict = fragment(w, now);
    if (verdict) {
      return verdict;
    }
  }
  if (is_icmp(w)) {
    *found = find_by_error(c, w);
    return *found ? 0 : VERDICT_NOT_OURS;
  }
#endif
  *found = find(w);
  return 0;
}

INLINE int direct(context *c, struct work *w, int *action) {
  int verdict = parse(c, &w->packet, &w->flow);
  if (verdict) {
    return verdict;
  }
  __u64 now = bpf_ktime_get_coarse_ns();
  struct connection *e = 0;
  verdict = find_any(c, w, now, &e);
  if (verdict) {
    return verdict;
  }
  int opened = 0;
  if (!e || (!w->packet.error && is_over(w, e, now))) {
    if (e) {
      forget(w, e);
    }
    verdict = find_service(w);
    if (verdict) {
      return verdict;
    }
    verdict = choose(c);
    if (verdict != VERDICT_ACCEPTED) {
      return verdict;
    }
    e = &w->connection;
    opened = 1;
  }
  return follow(c, w, e, opened, now, action);
}

#ifdef HOOK_XDP
SEC("xdp")
#else
SEC("tc")
#endif
int strowger(context *c) {
  struct work *w = work_of_this_processor();
  if (!w) {
    return PASS;
  }
  int action = PASS;
  w->packet.service = 0;
  int verdict = direct(c, w, &action);
  if (verdict == VERDICT_FORWARDED || verdict == VERDICT_ACCEPTED || verdict == VERDICT_RELATED) {
    count_verdict(w->packet.service, verdict);
    return action;
  }
  return leave(c, w, verdict);
}

// The kernel admits some helpers only to programs that say that they may be used under the GPL.
char LICENSE[] SEC("license") = "Dual BSD/GPL";
