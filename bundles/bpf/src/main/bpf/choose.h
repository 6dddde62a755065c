// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: a real server for a new connection: persistence, then the pick-ahead ring or the look-up
// table that Java has filled, then the fallback table; and the connection's entries. Only the
// first packet of a connection comes here.
#ifndef CHOOSE_H
#define CHOOSE_H

#include "connection.h"

// ---- SipHash-2-4, as org.strowger.schedulers.SipHash ------------------------------------------

struct sip {
  __u64 v0, v1, v2, v3;
};

INLINE __u64 rotated(__u64 word, const int by) {
  return word << by | word >> (64 - by);
}

INLINE void sip_round(struct sip *s) {
  s->v0 += s->v1;
  s->v1 = rotated(s->v1, 13) ^ s->v0;
  s->v0 = rotated(s->v0, 32);
  s->v2 += s->v3;
  s->v3 = rotated(s->v3, 16) ^ s->v2;
  s->v0 += s->v3;
  s->v3 = rotated(s->v3, 21) ^ s->v0;
  s->v2 += s->v1;
  s->v1 = rotated(s->v1, 17) ^ s->v2;
  s->v2 = rotated(s->v2, 32);
}

INLINE void sip_absorb(struct sip *s, __u64 word) {
  s->v3 ^= word;
  sip_round(s);
  sip_round(s);
  s->v0 ^= word;
}

// As org.strowger.schedulers.Hash.of(address, port): IPv4 is one word, IPv6 three.
INLINE __u64 hash_of(const struct service *service, const __u8 *address, __u16 port) {
  struct sip s = {
      .v0 = service->hash_key[0] ^ 0x736f6d6570736575ull,
      .v1 = service->hash_key[1] ^ 0x646f72616e646f6dull,
      .v2 = service->hash_key[0] ^ 0x6c7967656e657261ull,
      .v3 = service->hash_key[1] ^ 0x7465646279746573ull,
  };
  if (is_ipv4(address)) {
    sip_absorb(&s, bpf_ntohl(ipv4_of(address)) | (__u64)port << 32);
    sip_absorb(&s, 8ull << 56);
  } else {
    const __u64 *words = (const __u64 *)address;
    sip_absorb(&s, bpf_be64_to_cpu(words[0]));
    sip_absorb(&s, bpf_be64_to_cpu(words[1]));
    sip_absorb(&s, port);
    sip_absorb(&s, 24ull << 56);
  }
  s.v2 ^= 0xff;
  sip_round(&s);
  sip_round(&s);
  sip_round(&s);
  sip_round(&s);
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

// org.strowger.schedulers.Hash.next: SplitMix64
INLINE __u64 next_probe(__u64 hash) {
  __u64 z = hash + 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

INLINE __u32 reduced(__u64 hash, __u32 size) {
  return (hash >> 32) * size >> 32;
}

// ---- Who may come -----------------------------------------------------------------------------

INLINE int is_denied(struct work *w) {
  if (!(w->service.flags & SERVICE_ACCESS)) {
    return 0;
  }
  w->access_key.prefix = 32 + 128;
  w->access_key.service = w->service.index;
  __builtin_memcpy(w->access_key.client, w->flow.source, 16);
  __u32 *entry = bpf_map_lookup_elem(&access_list, &w->access_key);
  return entry ? *entry == ACCESS_DENY : (w->service.flags & SERVICE_DENY_OTHERS) != 0;
}

// The generic cell rate algorithm (ITU-T I.371): conforming while the bucket's time is not more
// than the tolerance ahead. A lost race of several processors refuses, it does not let through.
INLINE int is_too_fast(const struct work *w, __u64 now) {
  if (!w->service.emission_nanos) {
    return 0;
  }
  __u32 index = w->service.index;
  __u64 *bucket = bpf_map_lookup_elem(&buckets, &index);
  if (!bucket) {
    return 0;
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    __u64 seen = *bucket;
    __u64 from = seen > now ? seen : now;
    if (from - now > w->service.tolerance_nanos) {
      return 1;
    }
    if (__sync_val_compare_and_swap(bucket, seen, from + w->service.emission_nanos) == seen) {
      return 0;
    }
  }
  return 1;
}

INLINE __s64 held_by(const struct loads *held, const struct corrections *gone) {
  __s64 sum = held->active + held->inactive + held->halfopen;
  return gone ? sum - gone->active - gone->inactive - gone->halfopen : sum;
}

INLINE int is_service_full(const struct work *w) {
  if (!w->service.connection_limit) {
    return 0;
  }
  __u32 index = w->service.index;
  struct loads *held = bpf_map_lookup_elem(&service_loads, &index);
  struct corrections *gone = bpf_map_lookup_elem(&service_corrections, &index);
  return held && held_by(held, gone) >= w->service.connection_limit;
}

// Threshold with hysteresis: full at `upper`, and until below `lower`.
INLINE int is_real_full(const struct real *real, __u32 index) {
  if (!real->upper) {
    return 0;
  }
  struct loads *held = bpf_map_lookup_elem(&loads, &index);
  if (!held) {
    return 0;
  }
  __s64 sum = held_by(held, bpf_map_lookup_elem(&corrections, &index));
  if (sum >= real->upper) {
    held->full = 1;
  } else if (sum < real->lower || !real->lower) {
    held->full = 0;
  }
  return held->full;
}

INLINE int is_from_peer(context *c) {
  __u32 zero = 0;
  struct settings *set = bpf_map_lookup_elem(&settings, &zero);
  if (!set || !(set->flags & SETTING_PEERS)) {
    return 0;
  }
  struct ethhdr *ethernet = at(c, 0, sizeof(*ethernet));
  struct peer sender = {};
  if (!ethernet) {
    return 0;
  }
  __builtin_memcpy(sender.mac, ethernet->h_source, 6);
  return bpf_map_lookup_elem(&peers, &sender) != 0;
}

// ---- Who serves -------------------------------------------------------------------------------

INLINE __u32 cell(__u32 offset, __u32 place) {
  __u32 index = offset + place;
  __u32 *found = bpf_map_lookup_elem(&tables, &index);
  return found ? *found : 0;
}

// The next pick of the ring, or 0. Several processors may take at once: each pick goes to one.
INLINE __u32 from_ring(const struct service *service) {
  __u32 index = service->index;
  __u64 *head = bpf_map_lookup_elem(&heads, &index);
  if (!head || !service->ring_size) {
    return 0;
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    __u64 number = *(volatile __u64 *)head;
    __u32 place = service->ring_offset + ((__u32)number & (service->ring_size - 1));
    __u64 *pick = bpf_map_lookup_elem(&picks, &place);
    if (!pick) {
      return 0;
    }
    __u64 value = *(volatile __u64 *)pick;
    if ((__u32)(value >> 32) != (__u32)(number + 1)) {
      return 0; // not filled yet
    }
    if (__sync_val_compare_and_swap(head, number, number + 1) == number) {
      plane_count(ring_picks);
      return (__u32)value;
    }
  }
  return 0;
}

INLINE int takes_new(__u32 index) {
  struct real *real = bpf_map_lookup_elem(&reals, &index);
  return real && (real->flags & (REAL_TAKES_NEW | REAL_GONE)) == REAL_TAKES_NEW &&
         !is_real_full(real, index);
}

// The owner of the client's place in the look-up table or, as org.strowger.schedulers.HashScheduler
// does, of the first of 64 further places whose owner takes new connections. 0: none of them does.
__attribute__((noinline)) int from_table(void) {
  struct work *w = work_of_this_processor();
  if (!w || !w->service.table_size) {
    return 0;
  }
  int destination = (w->service.flags & SERVICE_HASH_DESTINATION) != 0;
  __be16 port = destination ? w->flow.destination_port : w->flow.source_port;
  __u64 hash = hash_of(&w->service, destination ? w->flow.destination : w->flow.source,
                       w->service.flags & SERVICE_HASH_PORT ? bpf_ntohs(port) : 0);
  plane_count(table_picks);
  for (int i = 0; i <= TABLE_PROBES; i++) {
    __u32 index = cell(w->service.table_offset, reduced(hash, w->service.table_size));
    if (takes_new(index)) {
      return index;
    }
    if (w->service.flags & SERVICE_OWNER_ONLY) {
      return 0;
    }
    hash = next_probe(hash);
  }
  return 0;
}

INLINE __u32 from_fallback(const struct service *service) {
  if (!service->fallback_size) {
    return 0;
  }
  plane_count(fallback_picks);
  return cell(service->fallback_offset, bpf_get_prandom_u32() % service->fallback_size);
}

INLINE __u32 leading_bits(int bits) {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : ~(0xffffffffu >> bits);
}

// The client's address with the bits beyond its source's prefix cleared.
INLINE void persistence_key_of(struct work *w) {
  int bits = is_ipv4(w->flow.source) ? 96 + w->service.persistence_bits4
                                     : w->service.persistence_bits6;
  const __u32 *from = (const __u32 *)w->flow.source;
  __u32 *to = (__u32 *)w->persistence_key.client;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    to[i] = from[i] & bpf_htonl(leading_bits(bits - 32 * i));
  }
  w->persistence_key.service = w->service.index;
}

INLINE __u32 from_persistence(struct work *w, __u64 now) {
  if (!w->service.persistence_seconds) {
    return 0;
  }
  persistence_key_of(w);
  struct persistent *known = bpf_map_lookup_elem(&persistence, &w->persistence_key);
  if (!known || now > known->last + w->service.persistence_seconds * 1000000000ull) {
    return 0;
  }
  return known->real;
}

INLINE void remember_source(struct work *w, __u32 index, __u64 now) {
  if (w->service.persistence_seconds) {
    struct persistent chosen = {.real = index, .last = now};
    bpf_map_update_elem(&persistence, &w->persistence_key, &chosen, BPF_ANY);
  }
}

// ---- Its entries ------------------------------------------------------------------------------

// True if nobody uses the connection whose reverse entry this is any more.
INLINE int is_orphan(const struct connection *back, const struct flow *forward) {
  return same_flow(&back->other, forward) ||
         (!bpf_map_lookup_elem(&connections, &back->other) &&
          !bpf_map_lookup_elem(&halfopen, &back->other));
}

// Takes the reverse tuple in w->connection.other for w->flow. 0 is success, 1 that another
// connection has it, 2 that there is no room.
//
// A real server's answer does not tell which virtual service was meant: two services over one
// real server and port, and one client's port, would have the same answers.
__attribute__((noinline)) int claim(void) {
  struct work *w = work_of_this_processor();
  if (!w) {
    return 2;
  }
  struct connection *taken = bpf_map_lookup_elem(&connections, &w->connection.other);
  if (taken) {
    if (!is_orphan(taken, &w->flow)) {
      return 1;
    }
    bpf_map_delete_elem(&connections, &w->connection.other);
  }
  int error = bpf_map_update_elem(&halfopen, &w->connection.other, &w->back, BPF_NOEXIST);
  if (!error) {
    return 0;
  }
  taken = bpf_map_lookup_elem(&halfopen, &w->connection.other);
  if (!taken) {
    return 2;
  }
  if (!is_orphan(taken, &w->flow)) {
    return 1;
  }
  return bpf_map_update_elem(&halfopen, &w->connection.other, &w->back, BPF_ANY) ? 2 : 0;
}

INLINE __be16 any_port(const struct settings *set) {
  __u32 count = set->port_count ? set->port_count : 1;
  return bpf_htons(set->first_port + bpf_get_prandom_u32() % count);
}

// Full NAT: any address of the service's sources. 0 if it has none of the real server's family.
INLINE int any_source(struct work *w) {
  if (!w->service.source_count) {
    return 0;
  }
  __u32 index = w->service.source_offset + bpf_get_prandom_u32() % w->service.source_count;
  struct source *source = bpf_map_lookup_elem(&sources, &index);
  if (!source || is_ipv4(source->address) != is_ipv4(w->connection.other.source)) {
    return 0;
  }
  __builtin_memcpy(w->connection.other.destination, source->address, 16);
  return 1;
}

INLINE int open_reverse(struct work *w, const struct real *real) {
  struct flow *other = &w->connection.other;
  opposite(other, &w->flow);
  __builtin_memcpy(other->source, real->address, 16);
  if (real->port) {
    other->source_port = real->port;
  }
  w->back = w->connection;
  w->back.flags = CONNECTION_REVERSE;
  w->back.state = STATE_NONE;
  w->back.counted = COUNTED_NOT;
  w->back.packets = 0;
  w->back.octets = 0;
  w->back.other = w->flow;
  __u32 zero = 0;
  struct settings *set = bpf_map_lookup_elem(&settings, &zero);
  if (!set) {
    return VERDICT_NO_SOURCE_PORT;
  }
  int full = real->method == METHOD_FULLNAT;
  for (int i = 0; i < PORT_TRIES; i++) {
    if (full && !any_source(w)) {
      continue;
    }
    // Masquerading keeps the client's port as long as nobody else has it there.
    if ((full || i) && w->flow.protocol != IPPROTO_SCTP) {
      other->destination_port = any_port(set);
    }
    int refused = claim();
    if (!refused) {
      return 0;
    }
    if (refused == 2) {
      return VERDICT_TABLE_FULL;
    }
    plane_count(port_conflicts);
  }
  return VERDICT_NO_SOURCE_PORT;
}

// Opens w->connection to the real server; 0 or why not.
__attribute__((noinline)) int open(context *c, __u32 index) {
  struct work *w = work_of_this_processor();
  struct real *real = bpf_map_lookup_elem(&reals, &index);
  if (!w || !real) {
    return VERDICT_TABLE_FULL;
  }
  struct connection *e = &w->connection;
  __builtin_memset(e, 0, sizeof(*e));
  e->begun = bpf_ktime_get_ns();
  e->last = bpf_ktime_get_coarse_ns();
  e->packets = 1;
  e->octets = w->packet.octets;
  e->real = index;
  e->service = w->service.index;
  e->ifindex = interface_of(c);
  e->method = real->method;
  int datagrams = w->flow.protocol == IPPROTO_UDP;
  e->state = datagrams ? STATE_FLOW_NEW
             : w->packet.signal == SIGNAL_OPEN ? STATE_SYN_RECV
                                               : STATE_ESTABLISHED;
  if (w->service.flags & SERVICE_ONE_PACKET) {
    return 0;
  }
  if (keeps_reverse(real->method)) {
    int refused = open_reverse(w, real);
    if (refused) {
      return refused;
    }
  }
  recount(e, COUNTED_HALFOPEN);
  if (bpf_map_update_elem(&halfopen, &w->flow, e, BPF_ANY)) {
    recount(e, COUNTED_NOT);
    return VERDICT_TABLE_FULL;
  }
  return 0;
}

INLINE void count_selection(__u32 index) {
  struct real_counters *counted = bpf_map_lookup_elem(&real_counters, &index);
  if (counted) {
    counted->selections++;
  }
}

INLINE int suits(const struct real *real, const struct work *w) {
  int translated = keeps_reverse(real->method);
  return real->service == w->service.index &&
         (!translated || is_ipv4(real->address) == !w->packet.ipv6);
}

// The decision for a new connection of w->service: VERDICT_ACCEPTED with w->connection opened, or
// why not.
__attribute__((noinline)) int choose(context *c) {
  struct work *w = work_of_this_processor();
  if (!w) {
    return VERDICT_TABLE_FULL;
  }
  __u64 now = bpf_ktime_get_coarse_ns();
  if (w->service.flags & SERVICE_CLOSED) {
    return VERDICT_NOT_IN_SERVICE;
  }
  if (is_from_peer(c)) {
    return VERDICT_LOOP;
  }
  if (is_denied(w)) {
    return VERDICT_ACCESS_DENIED;
  }
  if (is_service_full(w)) {
    return VERDICT_CONNECTION_LIMIT;
  }
  if (is_too_fast(w, now)) {
    return VERDICT_RATE_LIMIT;
  }
  __u32 kept = from_persistence(w, now);
  int verdict = VERDICT_NO_REAL_SERVER;
  for (int i = 0; i < 2 * PICK_TRIES; i++) {
    __u32 index = kept;
    if (!index && i < PICK_TRIES) {
      index = from_ring(&w->service);
    }
    if (!index && !i) {
      index = from_table();
    }
    index = index ? index : from_fallback(&w->service);
    int persisted = kept != 0;
    kept = 0;
    struct real *real = bpf_map_lookup_elem(&reals, &index);
    if (!index || !real || !suits(real, w)) {
      continue;
    }
    int quiesced = !(real->flags & REAL_TAKES_NEW);
    if (real->flags & REAL_GONE ||
        (quiesced && !(persisted && w->service.persistence_quiesced))) {
      continue;
    }
    if (is_real_full(real, index)) {
      verdict = VERDICT_CONNECTION_LIMIT;
      continue;
    }
    count_selection(index);
    verdict = open(c, index);
    if (verdict == VERDICT_TABLE_FULL) {
      return verdict;
    }
    if (!verdict) {
      if (persisted) {
        struct service_counters *counted = bpf_map_lookup_elem(&counters, &w->service.index);
        if (counted) {
          counted->persistence_hits++;
        }
      }
      remember_source(w, index, now);
      return VERDICT_ACCEPTED;
    }
  }
  return verdict;
}

#endif
