// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The way of a packet, from top to bottom: parse -> fragment -> connection (or, for errors,
// icmp) -> service -> choose -> forward. Each step is a file; each exit is a verdict that is
// counted. Built once for each hook; what XDP cannot do it leaves, untouched and uncounted, to the
// program at tc behind it.
#include "parse.h"
#include "fragment.h"
#include "connection.h"
#include "choose.h"
#include "send.h"
#include "forward_direct.h"
#include "forward_nat.h"
#include "forward_tunnel.h"
#include "icmp.h"
#include "service.h"

INLINE int forward(context *c, struct work *w, struct connection *e, const struct real *real,
                   int *action) {
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

INLINE int forward_error(context *c, struct work *w, struct connection *e, const struct real *real,
                         int *action) {
  int verdict;
  if (e->flags & CONNECTION_REVERSE || keeps_reverse(e->method)) {
    if (may_go(&w->packet, 0, 0)) {
      return VERDICT_HOP_LIMIT;
    }
    w->connection.other = e->other;
    __u32 ifindex = e->flags & CONNECTION_REVERSE ? e->ifindex : real->ifindex;
    const __u8 *hop =
        e->flags & CONNECTION_REVERSE || is_zero(real->next_hop) ? 0 : real->next_hop;
    verdict = rewrite_error(c) || count_down(c, &w->packet) ? VERDICT_NO_ROUTE
                                                            : send(c, ifindex, hop, action);
  } else {
    verdict = forward(c, w, e, real, action);
  }
  return verdict == VERDICT_FORWARDED ? VERDICT_RELATED : verdict;
}

// A packet of a connection that is known, or was just opened.
INLINE int follow(context *c, struct work *w, struct connection *e, int opened, __u64 now,
                  int *action) {
  w->packet.service = e->service;
  __u32 index = e->real;
  int reverse = e->flags & CONNECTION_REVERSE;
  struct real *real = bpf_map_lookup_elem(&reals, &index);
  if (!real || real->flags & REAL_GONE) {
    return VERDICT_NO_REAL_SERVER;
  }
  w->packet.reverse = reverse != 0;
  if (w->packet.error) {
    return forward_error(c, w, e, real, action);
  }
  if (e->flags & CONNECTION_CUT) {
    return VERDICT_CUT;
  }
  if (!opened) {
    track(w, e, now);
  }
  count_packet(&w->packet, e->service, index, reverse);
  int verdict = reverse ? answer_nat(c, w, e, real->mtu, action) : forward(c, w, e, real, action);
  return verdict == VERDICT_FORWARDED && opened ? VERDICT_ACCEPTED : verdict;
}

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
      return silent ? DROP : answer_error(c, 0);
    case VERDICT_TOO_BIG:
      return silent || !w->packet.keep_whole ? DROP : answer_error(c, w->packet.mtu);
    default:
      return DROP;
  }
}

INLINE int direct(context *c, struct work *w, int *action) {
  int verdict = parse(c, &w->packet, &w->flow);
  if (verdict) {
    return verdict;
  }
  __u64 now = bpf_ktime_get_coarse_ns();
  if (w->packet.fragment) {
    verdict = fragment(w, now);
    if (verdict) {
      return verdict;
    }
  }
  struct connection *e = is_icmp(w) ? find_by_error(c, w) : find(w);
  if (e && (w->packet.error || !is_over(w, e, now))) {
    return follow(c, w, e, 0, now, action);
  }
  if (is_icmp(w)) {
    return VERDICT_NOT_OURS;
  }
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
  return follow(c, w, &w->connection, 1, now, action);
}

SEC("tc")
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
