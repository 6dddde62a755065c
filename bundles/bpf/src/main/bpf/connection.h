// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: finds the connection of a packet and lets it take part in the connection's state. The
// states and their succession are those of IPVS (net/netfilter/ipvs/ip_vs_proto_tcp.c), SCTP's
// chunks stand for the TCP flags that mean the same.
#ifndef CONNECTION_H
#define CONNECTION_H

#include "count.h"

#define NO STATE_NONE
#define SS STATE_SYN_SENT
#define SR STATE_SYN_RECV
#define ES STATE_ESTABLISHED
#define FW STATE_FIN_WAIT
#define CW STATE_CLOSE_WAIT
#define LA STATE_LAST_ACK
#define TW STATE_TIME_WAIT
#define CL STATE_CLOSE

#define FROM_CLIENT 0u
#define FROM_REAL 1u
#define FROM_CLIENT_ONLY 2u // direct and tunnels: answers do not come by

// [who sent it][signal][state it was in]
static const __u8 successors[3][4][16] = {
    {
        //  NO  SS  SR  ES  FW  CW  LA  TW  CL
        {SR, ES, SR, ES, SR, SR, SR, SR, SR}, // open
        {CL, SS, TW, CW, TW, CW, LA, TW, CL}, // fin
        {ES, SS, ES, ES, FW, CW, CL, TW, CL}, // data
        {CL, CL, SR, CL, CL, CL, LA, CL, CL}, // reset
    },
    {
        {SS, SS, SR, ES, SS, SS, SS, SS, SS},
        {TW, SS, TW, FW, FW, TW, LA, TW, CL},
        {ES, SS, ES, ES, FW, CW, LA, TW, CL},
        {CL, SS, CL, CL, CL, CL, CL, TW, CL},
    },
    {
        {SR, ES, SR, ES, SR, SR, SR, SR, SR},
        {CL, SS, TW, FW, FW, CW, LA, TW, CL},
        {ES, SS, ES, ES, FW, CW, CL, TW, CL},
        {CL, CL, SR, CL, CL, CL, LA, CL, CL},
    },
};

#undef NO
#undef SS
#undef SR
#undef ES
#undef FW
#undef CW
#undef LA
#undef TW
#undef CL

INLINE __u8 counted_in(__u8 state) {
  switch (state) {
    case STATE_SYN_SENT:
    case STATE_SYN_RECV:
    case STATE_FLOW_NEW:
      return COUNTED_HALFOPEN;
    case STATE_ESTABLISHED:
    case STATE_FLOW:
      return COUNTED_ACTIVE;
    case STATE_NONE:
      return COUNTED_NOT;
    default:
      return COUNTED_INACTIVE;
  }
}

INLINE __u64 timeout_nanos(const struct connection *e) {
  struct timeouts *times = bpf_map_lookup_elem(&timeouts, &e->service);
  if (!times) {
    return 0;
  }
  __u32 millis;
  switch (e->state) {
    case STATE_ESTABLISHED:
      millis = times->established;
      break;
    case STATE_FLOW_NEW:
    case STATE_FLOW:
      millis = times->flow;
      break;
    case STATE_SYN_SENT:
    case STATE_SYN_RECV:
      millis = times->halfopen;
      break;
    case STATE_TIME_WAIT:
    case STATE_CLOSE:
      millis = times->closed;
      break;
    default:
      millis = times->closing;
  }
  return millis * 1000000ull;
}

INLINE void add_load(struct loads *held, __u8 place, __s64 by) {
  if (place == COUNTED_HALFOPEN) {
    __sync_fetch_and_add(&held->halfopen, by);
  } else if (place == COUNTED_ACTIVE) {
    __sync_fetch_and_add(&held->active, by);
  } else if (place == COUNTED_INACTIVE) {
    __sync_fetch_and_add(&held->inactive, by);
  }
}

// Moves a connection from one count to another, at its service and its real server.
INLINE void recount(struct connection *e, __u8 place) {
  if (e->counted == place) {
    return;
  }
  struct loads *of_real = bpf_map_lookup_elem(&loads, &e->real);
  struct loads *of_service = bpf_map_lookup_elem(&service_loads, &e->service);
  if (of_real && of_service) {
    add_load(of_real, e->counted, -1);
    add_load(of_service, e->counted, -1);
    add_load(of_real, place, 1);
    add_load(of_service, place, 1);
  }
  e->counted = place;
}

INLINE int keeps_reverse(__u8 method) {
  return method == METHOD_MASQUERADING || method == METHOD_FULLNAT;
}

INLINE __u64 octets_back(const struct connection *e) {
  if (!keeps_reverse(e->method)) {
    return OCTETS_UNSEEN;
  }
  struct connection *back = bpf_map_lookup_elem(&connections, &e->other);
  if (!back) {
    back = bpf_map_lookup_elem(&halfopen, &e->other);
  }
  return back ? back->octets : 0;
}

INLINE void report(const struct connection *e, const struct flow *client, __u32 kind, __u64 now) {
  struct timeouts *service = bpf_map_lookup_elem(&timeouts, &e->service);
  if (!service || !(service->flags & TIMEOUTS_EVENTS)) {
    return;
  }
  __u64 back = octets_back(e);
  struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
  if (!event) {
    plane_count(events_lost);
    return;
  }
  event->when = now;
  event->begun = e->begun;
  event->packets = e->packets;
  event->octets = e->octets;
  event->kind = kind;
  event->state = e->state;
  event->service = e->service;
  event->real = e->real;
  event->client = *client;
  event->octets_back = back;
  bpf_ringbuf_submit(event, 0);
}

// From halfopen to connections, with its reverse entry. If there is no room it stays where it is,
// and the next packet tries again.
INLINE void promote(struct work *w, const struct connection *half) {
  w->connection = *half;
  if (keeps_reverse(half->method)) {
    struct connection *back = bpf_map_lookup_elem(&halfopen, &half->other);
    if (!back) {
      return; // evicted: the client's next first packet opens anew
    }
    w->back = *back;
    if (bpf_map_update_elem(&connections, &w->connection.other, &w->back, BPF_NOEXIST)) {
      plane_count(table_full);
      return;
    }
  }
  if (bpf_map_update_elem(&connections, &w->flow, &w->connection, BPF_ANY)) {
    plane_count(table_full);
    if (keeps_reverse(w->connection.method)) {
      bpf_map_delete_elem(&connections, &w->connection.other);
    }
    return;
  }
  bpf_map_delete_elem(&halfopen, &w->flow);
  if (keeps_reverse(w->connection.method)) {
    bpf_map_delete_elem(&halfopen, &w->connection.other);
  }
  plane_count(promotions);
}

INLINE void count_beginning(const struct connection *e) {
  struct service_counters *of_service = bpf_map_lookup_elem(&counters, &e->service);
  struct real_counters *of_real = bpf_map_lookup_elem(&real_counters, &e->real);
  if (of_service && of_real) {
    of_service->conns_total++;
    of_real->conns_total++;
  }
}

INLINE void count_ending(const struct connection *e, __u32 signal, int from_real, int early) {
  struct service_counters *of_service = bpf_map_lookup_elem(&counters, &e->service);
  struct real_counters *of_real = bpf_map_lookup_elem(&real_counters, &e->real);
  if (!of_service || !of_real) {
    return;
  }
  if (signal != SIGNAL_RESET) {
    of_service->conns_ended++;
  } else if (!from_real) {
    of_service->resets_by_client++;
  } else if (early) {
    of_real->conns_failed++;
  } else {
    of_service->resets_by_real++;
    of_real->resets++;
  }
}

INLINE __u8 next_state(const struct work *w, const struct connection *e, int from_real) {
  if (e->state == STATE_FLOW_NEW) {
    return from_real ? STATE_FLOW_NEW : STATE_FLOW;
  }
  if (e->state > STATE_CLOSE) {
    return e->state;
  }
  __u32 sender = from_real ? FROM_REAL : keeps_reverse(e->method) ? FROM_CLIENT : FROM_CLIENT_ONLY;
  return successors[sender][w->packet.signal & 3][e->state & 15];
}

// The handshake of a two-sided connection is not done by a client alone: a blind flood of SYN and
// ACK does not get out of halfopen. Datagrams may be meant to have no answer: syslog.
#define UNANSWERED_DATAGRAMS 4
INLINE int real_has_answered(const struct connection *e) {
  if (!keeps_reverse(e->method) ||
      (e->state == STATE_FLOW_NEW && e->packets >= UNANSWERED_DATAGRAMS)) {
    return 1;
  }
  struct connection *back = bpf_map_lookup_elem(&halfopen, &e->other);
  return back && back->packets;
}

// `e` is the forward entry; `client` its key. Rare: apart, so that the hot path stays short.
static __attribute__((noinline)) int advance(struct work *w, struct connection *e,
                                             const struct flow *client, __u64 now) {
  int from_real = w->packet.reverse;
  int in_halfopen = w->packet.halfopen;
  __u8 before = e->state;
  __u8 after = next_state(w, e, from_real);
  __u8 place = counted_in(after);
  if (place == COUNTED_ACTIVE && in_halfopen && (from_real || !real_has_answered(e))) {
    return 0;
  }
  e->state = after;
  if (in_halfopen && place != COUNTED_ACTIVE) {
    place = counted_in(before) && after == STATE_CLOSE ? COUNTED_NOT : COUNTED_HALFOPEN;
  }
  recount(e, place);
  if (after == before && !(in_halfopen && place == COUNTED_ACTIVE)) {
    return 0;
  }
  __u8 over = after == STATE_CLOSE || after == STATE_TIME_WAIT;
  if (over && before != STATE_CLOSE && before != STATE_TIME_WAIT) {
    count_ending(e, w->packet.signal, from_real, in_halfopen);
    if (!in_halfopen) {
      __u32 reset = from_real ? EVENT_REAL_RESET : EVENT_CLIENT_RESET;
      report(e, client, w->packet.signal == SIGNAL_RESET ? reset : EVENT_CLOSED, now);
    }
  }
  if (in_halfopen && place == COUNTED_ACTIVE) {
    if (after != before) {
      count_beginning(e);
      report(e, client, EVENT_BEGUN, now);
    }
    promote(w, e);
  }
  return 0;
}

// The entry of a packet in either table, or null.
INLINE struct connection *find(struct work *w) {
  struct connection *e = bpf_map_lookup_elem(&connections, &w->flow);
  w->packet.halfopen = !e;
  return e ? e : bpf_map_lookup_elem(&halfopen, &w->flow);
}

// The first packet of a connection that another director told of: it is carried here from now on.
// Only now is known for sure where its client's packets come in. Rare: apart.
static __attribute__((noinline)) int carry_on(struct connection *e, __u32 ifindex) {
  e->flags &= ~CONNECTION_TAKEN;
  e->ifindex = ifindex;
  if (keeps_reverse(e->method)) {
    struct connection *back = bpf_map_lookup_elem(&connections, &e->other);
    if (back) {
      back->ifindex = ifindex;
    }
  }
  return 0;
}

// A packet of a known connection went by.
INLINE void track(struct work *w, struct connection *e, __u32 ifindex, __u64 now) {
  if (e->flags & CONNECTION_TAKEN) {
    carry_on(e, ifindex);
  }
  e->last = now;
  e->packets++;
  e->octets += w->packet.octets;
  if (!(e->flags & CONNECTION_REVERSE)) {
    if (w->packet.halfopen || w->packet.signal != SIGNAL_DATA || e->state == STATE_LAST_ACK) {
      advance(w, e, &w->flow, now);
    }
  } else if (w->packet.halfopen || w->packet.signal != SIGNAL_DATA) {
    struct connection *forward = w->packet.halfopen
                                     ? bpf_map_lookup_elem(&halfopen, &e->other)
                                     : bpf_map_lookup_elem(&connections, &e->other);
    if (forward) {
      advance(w, forward, &e->other, now);
    }
  }
}

// Its idle time is over, or it is closed and the client opens it again: it is to be forgotten.
INLINE int is_over(const struct work *w, const struct connection *e, __u64 now) {
  if (e->flags & CONNECTION_REVERSE) {
    return 0; // ends with its forward entry
  }
  __u64 last = e->last;
  __u64 limit = timeout_nanos(e);
  if (w->packet.first && w->packet.signal == SIGNAL_OPEN) {
    // conn_reuse_mode 1 of IPVS; and 2: where only the client is seen, its FIN is all there is.
    if (e->state == STATE_TIME_WAIT || e->state == STATE_CLOSE || e->state == STATE_LAST_ACK ||
        (e->state == STATE_FIN_WAIT && !keeps_reverse(e->method))) {
      return 1;
    }
    struct real *real = bpf_map_lookup_elem(&reals, &e->real);
    if (w->packet.halfopen && real && !(real->flags & REAL_TAKES_NEW)) {
      return 1; // the first packet again: to one that can answer
    }
  }
  if (now <= last + limit) {
    return 0;
  }
  if (keeps_reverse(e->method)) {
    struct connection *back = bpf_map_lookup_elem(&connections, &e->other);
    return !back || now > back->last + limit;
  }
  return 1;
}

// Takes an entry found by `find` out of its table, with its reverse.
INLINE void forget(struct work *w, struct connection *e) {
  recount(e, COUNTED_NOT);
  w->connection.other = e->other;
  int reverse = keeps_reverse(e->method);
  if (w->packet.halfopen) {
    bpf_map_delete_elem(&halfopen, &w->flow);
    if (reverse) {
      bpf_map_delete_elem(&halfopen, &w->connection.other);
    }
  } else {
    bpf_map_delete_elem(&connections, &w->flow);
    if (reverse) {
      bpf_map_delete_elem(&connections, &w->connection.other);
    }
  }
}

#endif
