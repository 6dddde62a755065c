// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What the packet path in the kernel and the forwarding plane in Java have in common: every map,
// every structure, and who writes what.
//
// Rules
//  1. Each map has one writer, named at the map: `kernel` (the programs) or `java` (the plane).
//     Only connections, halfopen, fragments and persistence have two: the kernel inserts and
//     changes, Java deletes (by BPF_MAP_LOOKUP_AND_DELETE_ELEM, so that it knows what it deleted)
//     and inserts what other directors told it.
//  2. Addresses are 16 octets; IPv4 as ::ffff:a.b.c.d. Addresses and ports are in network order;
//     all other numbers in the machine's own. Times are nanoseconds of CLOCK_MONOTONIC unless
//     the name says otherwise. All padding is explicit and must be zero: keys are hashed with it.
//  3. Index 0 of services, real servers and sources is nobody: a table of zeros chooses nobody.
//     counters[0] has the verdicts of packets that belong to no service.
//  4. An array's cell is not changed under readers but field by field (32 bits, aligned): a real
//     server whose address, port, method or service changes gets another index. An index is used
//     again only when no connection in either table has it.
//  5. Order of an edit: cells of `reals`, then of `tables`, then the value of `services` (which is
//     exchanged as a whole: BPF_F_NO_PREALLOC hash). Tables are not edited in place but written to
//     another offset. To take away: the reverse order.
//  6. What Java reads or writes a thousand times a second (picks, heads, loads, service_loads) is
//     memory that both share: no system call, each word by itself.
//  7. LAYOUT is a part of the folder's name in which the maps are pinned. Whoever changes a
//     structure or a map counts it up.
#ifndef STROWGER_H
#define STROWGER_H

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#define LAYOUT 2

// Changes no layout: it tells the compiler that addresses may be copied in words.
#define ALIGNED(octets) __attribute__((aligned(octets)))

// ---- Numbers that are part of org.strowger.api ------------------------------------------------

// ForwardingMethod.code()
enum method {
  METHOD_MASQUERADING = 2,
  METHOD_DIRECT = 3,
  METHOD_TUNNEL_IPIP = 4,
  METHOD_TUNNEL_GUE = 5,
  METHOD_FULLNAT = 6,
  METHOD_LOCAL = 7,
};

// Verdict.code(); the place in service_counters.verdicts. Those below 13 are also the relay's.
enum verdict {
  VERDICT_ACCEPTED = 1,            // a new connection was given to a real server
  VERDICT_NO_REAL_SERVER = 2,      // none takes new ones, or this one's is gone: reset
  VERDICT_ACCESS_DENIED = 4,
  VERDICT_CONNECTION_LIMIT = 5,    // of the service, or all real servers at their thresholds
  VERDICT_RATE_LIMIT = 6,
  VERDICT_NOT_IN_SERVICE = 7,      // SERVICE_CLOSED: reset
  VERDICT_TABLE_FULL = 13,         // connections or halfopen could not take one more
  VERDICT_NO_SOURCE_PORT = 14,     // fullnat, masquerading: no free port found in PORT_TRIES
  VERDICT_UNKNOWN_CONNECTION = 15, // mid-stream, and no connection has it
  VERDICT_MALFORMED = 16,          // a header that lies about its length, or is cut off
  VERDICT_UNKNOWN_FRAGMENT = 17,   // its first fragment was not seen (or seen later)
  VERDICT_TOO_BIG = 18,            // more than the path's MTU, not to be fragmented: answered
  VERDICT_HOP_LIMIT = 19,          // its time to live ended here: answered
  VERDICT_NO_ROUTE = 20,           // the kernel refused to send, encapsulate or rewrite it
  VERDICT_LOOP = 21,               // it comes from another director: left to the host
  VERDICT_FORWARDED = 22,          // a packet of a known connection went its way
  VERDICT_RELATED = 23,            // an ICMP error of a known connection went its way
  VERDICT_NOT_OURS = 24,           // no service, no connection: left to the host
  VERDICT_CUT = 25,                // its connection was cut by the operator: answered by a reset
};
#define VERDICTS 32

// States of a connection as IPVS has them, and the code that goes to Java.
enum state {
  STATE_NONE = 0,
  STATE_SYN_SENT = 1,
  STATE_SYN_RECV = 2,
  STATE_ESTABLISHED = 3, // also SCTP
  STATE_FIN_WAIT = 4,
  STATE_CLOSE_WAIT = 5,
  STATE_LAST_ACK = 6,
  STATE_TIME_WAIT = 7,
  STATE_CLOSE = 8,
  STATE_FLOW_NEW = 9, // datagrams: one seen from the client
  STATE_FLOW = 10,    // datagrams: more than one
};

// ---- Bounds -----------------------------------------------------------------------------------

// What the maps take at most; the loader may set other sizes (max_entries) before it loads.
#define MOST_SERVICES 16384     // indexes of services
#define MOST_SERVICE_KEYS 65536 // address, port and protocol
#define MOST_REALS 65536        // a real server counts once for each service that uses it
#define MOST_CONNECTIONS 2097152 // entries: 1 a connection in direct and tunnels, else 2
#define MOST_HALFOPEN 262144
#define MOST_PICKS 2097152
#define MOST_TABLE_CELLS 4194304
#define MOST_SOURCES 1024
#define MOST_FRAGMENTS 16384
#define MOST_PERSISTENT 262144
#define MOST_ACCESS 65536
#define MOST_PEERS 64
#define EVENT_BYTES (8 * 1024 * 1024)

#define PICK_TRIES 4  // real servers tried for one connection, each full, gone or in conflict
#define PORT_TRIES 16 // source ports tried for one connection
#define TABLE_PROBES 64 // further places of a look-up table whose owners are tried

// ---- Keys -------------------------------------------------------------------------------------

struct service_key {    // 20 octets
  __u8 address[16];
  __be16 port;          // 0: all ports that have no key of their own
  __u8 protocol;        // 6, 17, 132
  __u8 zero;
} ALIGNED(4);

// A direction of a connection, as its packets have it on the wire.
struct flow {           // 40 octets
  __u8 source[16];      // offset 0
  __u8 destination[16]; // 16
  __be16 source_port;   // 32
  __be16 destination_port; // 34
  __u8 protocol;        // 36
  __u8 zero[3];
} ALIGNED(8);

// ---- What Java wants --------------------------------------------------------------------------

#define SERVICE_CLOSED 1u         // takes no new connections: drained, or not listening
#define SERVICE_ACCESS 2u         // `access` is asked; who is not in it may connect...
#define SERVICE_DENY_OTHERS 4u    // ...or not
#define SERVICE_HASH_DESTINATION 8u // the table's key is the destination, not the client
#define SERVICE_HASH_PORT 16u     // ...with its port
#define SERVICE_ONE_PACKET 32u    // UDP, direct and tunnels: each datagram is chosen for alone
#define SERVICE_MIDSTREAM 128u    // a packet mid-stream may begin a connection (sloppy_tcp)
#define SERVICE_OWNER_ONLY 256u   // table: no other place is tried (fallback: false)

struct service {             // 88 octets
  __u32 index;               // 0: of counters, timeouts, service_loads, buckets; 1...
  __u32 flags;               // 4
  __u64 hash_key[2];         // 8: SipHash-2-4's key, as org.strowger.schedulers.SipHash has it
  __u64 emission_nanos;      // 24: 1e9 / rate of new connections; 0: no limit
  __u64 tolerance_nanos;     // 32: burst * emission_nanos
  __u32 ring_offset;         // 40: pick-ahead ring: cells of `picks`
  __u32 ring_size;           // 44: power of two; 0: none. Comes before the table
  __u32 table_offset;        // 48: look-up table by hash: cells of `tables`
  __u32 table_size;          // 52: 0: none
  __u32 fallback_offset;     // 56: chosen from at random when ring or table names nobody
  __u32 fallback_size;       // 60: 0: none
  __u32 source_offset;       // 64: fullnat: cells of `sources`
  __u32 source_count;        // 68
  __u32 connection_limit;    // 72: most held at once; 0: none
  __u32 persistence_seconds; // 76: 0: none
  __u8 persistence_bits4;    // 80: bits of a client that make a source, 1 to 32
  __u8 persistence_bits6;    // 81: 1 to 128
  __u8 persistence_quiesced; // 82: 1: also to one that takes no others
  __u8 zero[5];              // 83
} ALIGNED(8);

// All in milliseconds, by index of the service.
struct timeouts {    // 24 octets
  __u32 established; // 0: STATE_ESTABLISHED
  __u32 closing;     // 4: one direction has ended: FIN_WAIT, CLOSE_WAIT, LAST_ACK
  __u32 closed;      // 8: both have ended, or a reset was seen: TIME_WAIT, CLOSE
  __u32 flow;        // 12: datagrams: FLOW_NEW, FLOW
  __u32 halfopen;    // 16: before the handshake is done: SYN_SENT, SYN_RECV
  __u32 flags;       // 20: TIMEOUTS_
};

#define TIMEOUTS_EVENTS 1u // begin and end of its connections are reported

#define REAL_TAKES_NEW 1u // it may be chosen; clear: quiesced, down or removed
#define REAL_GONE 2u      // its connections end too: their next packet is answered by a reset

struct real {               // 80 octets
  __u8 address[16];         // 0
  __u8 next_hop[16];        // 16: 0: the kernel looks for a route to the address on `ifindex`
  __u8 tunnel_source[16];   // 32: outer source: an address of the director
  __be16 port;              // 48: 0: as the client has it. Direct, tunnels and local: always 0
  __u8 method;              // 50: enum method
  __u8 zero;                // 51
  __u32 flags;              // 52
  __u32 ifindex;            // 56: interface through which it is reached
  __u32 mtu;                // 60: of the path to it, with the outer header; 0: not watched
  __u32 upper;              // 64: threshold: connections held at most; 0: none
  __u32 lower;              // 68: once full it takes new ones below this many
  __be16 gue_port;          // 72: usually 6080
  __be16 source_variety;    // 74: bits of the outer source's last 16 that vary by flow (IPIP)
  __u32 service;            // 76: index of the service that it belongs to
} ALIGNED(8);

// An address that full NAT may take as the source; its interface answers for it.
struct source {        // 16 octets
  __u8 address[16];
} ALIGNED(8);

#define SETTING_PASS_UNKNOWN 1u // mid-stream packets of nobody go to the host, are not dropped
#define SETTING_PEERS 2u        // `peers` is asked
#define SETTING_KEEP_TTL 4u     // the time to live is not counted down

struct settings {       // 16 octets
  __u32 flags;          // 0
  __u32 first_port;     // 4: of translated source ports, machine's order
  __u32 port_count;     // 8
  __u32 zero;
};

// ---- What the kernel writes -------------------------------------------------------------------

#define CONNECTION_REVERSE 1u // of the packets from the real server
#define CONNECTION_CUT 2u     // Java sets it in both entries: packets are answered by a reset
#define CONNECTION_TAKEN 4u   // forward only: another director told of it, and no packet of the
                              // client's came here yet

#define COUNTED_NOT 0u
#define COUNTED_HALFOPEN 1u
#define COUNTED_ACTIVE 2u
#define COUNTED_INACTIVE 3u

// One direction of a connection. The forward entry (client to service) has state and counts; the
// reverse one (masquerading, fullnat) has what is needed to rewrite and the octets of its way.
struct connection {     // 96 octets
  __u64 begun;          // 0
  __u64 last;           // 8: when its last packet came
  __u64 packets;        // 16: of this direction; not exact if two processors share a connection
  __u64 octets;         // 24: from the IP header on, as it came
  __u32 real;           // 32
  __u32 service;        // 36: index
  __u32 ifindex;        // 40: where the client's packets come in, and its answers go out
  __u8 state;           // 44: enum state; forward only
  __u8 flags;           // 45
  __u8 counted;         // 46: forward only: where service_loads and loads have it
  __u8 method;          // 47
  struct flow other;    // 48: key of the other direction's entry. Direct, tunnels, local: zero.
                        //     Rewriting makes a packet the opposite of `other`
  __u64 zero;           // 88
} ALIGNED(8);

struct loads {       // 32 octets
  __s64 halfopen;    // 0: may be too many (evicted ones are not seen): Java counts anew
  __s64 active;      // 8: SYN_RECV (seen both ways), ESTABLISHED, STATE_FLOW
  __s64 inactive;    // 16: closing
  __u32 full;        // 24: hysteresis of the threshold
  __u32 zero;        // 28
};

// What Java took away from tables, to be subtracted from `loads`; the same fields.
struct corrections { // 24 octets
  __s64 halfopen;
  __s64 active;
  __s64 inactive;
};

struct service_counters {    // 72 + 8 * VERDICTS = 328 octets; a value per possible processor
  __u64 conns_total;         // 0: connections that were established; flows
  __u64 conns_ended;         // 8: closed by both ends
  __u64 resets_by_client;    // 16
  __u64 resets_by_real;      // 24
  __u64 packets_in;          // 32: from clients
  __u64 octets_in;           // 40
  __u64 packets_out;         // 48: to clients, where they come by
  __u64 octets_out;          // 56
  __u64 persistence_hits;    // 64
  __u64 verdicts[VERDICTS];  // 72: of packets
};

struct real_counters {       // 64 octets; a value per possible processor
  __u64 selections;          // 0
  __u64 conns_total;         // 8
  __u64 conns_failed;        // 16: it answered a first packet by a reset
  __u64 resets;              // 24: later resets
  __u64 packets_in;          // 32: to it
  __u64 octets_in;           // 40
  __u64 packets_out;         // 48: from it, where they come by
  __u64 octets_out;          // 56
};

// Of the whole plane; a value per possible processor.
struct plane_counters {      // 96 octets
  __u64 ring_picks;          // 0: choices from a ring
  __u64 table_picks;         // 8: from a look-up table
  __u64 fallback_picks;      // 16: from the fallback table
  __u64 events_lost;         // 24: no room in `events`
  __u64 port_conflicts;      // 32: a reverse entry was taken: another port or real server
  __u64 promotions;          // 40: halfopen -> connections
  __u64 icmp_sent;           // 48: answers made here
  __u64 fragments;           // 56: fragments that found their flow
  __u64 table_full;          // 64: handshakes done that stay in halfopen: connections is full
  __u64 clamped;             // 72: SYNs whose MSS was lowered to what the path takes
  __u64 resets_sent;         // 80
  __u64 zero;                // 88
};

#define OCTETS_UNSEEN (~0ull) // direct routing, tunnels: answers do not come by

enum event_kind { EVENT_BEGUN = 1, EVENT_CLOSED = 2, EVENT_CLIENT_RESET = 3, EVENT_REAL_RESET = 4 };

struct event {          // 96 octets
  __u64 when;           // 0
  __u64 begun;          // 8: of the connection
  __u64 packets;        // 16: forward direction
  __u64 octets;         // 24
  __u32 kind;           // 32
  __u32 state;          // 36: the new one
  __u32 service;        // 40
  __u32 real;           // 44
  struct flow client;   // 48: client to service
  __u64 octets_back;    // 88: service to client, or OCTETS_UNSEEN
} ALIGNED(8);

// Which connection the fragments of a datagram belong to.
struct fragment_key { // 40 octets
  __u8 source[16];
  __u8 destination[16];
  __u32 id;           // as on the wire
  __u8 protocol;
  __u8 zero[3];
} ALIGNED(8);
struct fragment { // 16 octets
  __be16 source_port;
  __be16 destination_port;
  __u32 zero;
  __u64 when;
};

struct persistence_key { // 20 octets
  __u8 client[16];       // masked
  __u32 service;
};
struct persistent { // 16 octets
  __u32 real;
  __u32 zero;
  __u64 last; // of the last new connection
};

struct access_key {   // 24 octets; an LPM key
  __u32 prefix;       // 32 + bits of the 16 octets: 32 + 96 + n for IPv4
  __u32 service;
  __u8 client[16];
};
#define ACCESS_ALLOW 1u
#define ACCESS_DENY 2u

struct peer { // 8 octets
  __u8 mac[6];
  __u8 zero[2];
};

// XDP only: the program sees frames for other stations too.
struct device { // 8 octets
  __u8 mac[6];
  __u8 redirects; // 1: what leaves where it came in is redirected there, for XDP_TX gets lost
  __u8 zero;
};

// ---- Maps -------------------------------------------------------------------------------------

#define MAP(map_name, map_type, entries, key_type, value_type, map_flag) \
  struct {                                                              \
    __uint(type, map_type);                                             \
    __uint(max_entries, entries);                                       \
    __uint(map_flags, map_flag);                                        \
    __type(key, key_type);                                              \
    __type(value, value_type);                                          \
  } map_name SEC(".maps")

// java: looked for by (address, port, protocol), then (address, 0, protocol)
MAP(services, BPF_MAP_TYPE_HASH, MOST_SERVICE_KEYS, struct service_key, struct service,
    BPF_F_NO_PREALLOC);
// java: by index of the service
MAP(timeouts, BPF_MAP_TYPE_ARRAY, MOST_SERVICES, __u32, struct timeouts, 0);
// java: by index of the real server
MAP(reals, BPF_MAP_TYPE_ARRAY, MOST_REALS, __u32, struct real, 0);
// java: indexes of real servers; ranges are Java's to hand out
MAP(tables, BPF_MAP_TYPE_ARRAY, MOST_TABLE_CELLS, __u32, __u32, 0);
// java: pick-ahead rings. The cell of pick n of a service is ring_offset + (n & (ring_size - 1));
// its value is (n + 1) & 0xffffffff in the upper half, the index of the real server in the lower.
// The kernel takes pick heads[service] if the cell has that very number, else the ring is empty.
// Java may write any pick >= heads[service] again, as long as it is not yet taken.
MAP(picks, BPF_MAP_TYPE_ARRAY, MOST_PICKS, __u32, __u64, BPF_F_MMAPABLE);
// kernel: number of the next pick, by index of the service; only grows
MAP(heads, BPF_MAP_TYPE_ARRAY, MOST_SERVICES, __u32, __u64, BPF_F_MMAPABLE);
// java
MAP(sources, BPF_MAP_TYPE_ARRAY, MOST_SOURCES, __u32, struct source, 0);
MAP(settings, BPF_MAP_TYPE_ARRAY, 1, __u32, struct settings, 0);
MAP(access_list, BPF_MAP_TYPE_LPM_TRIE, MOST_ACCESS, struct access_key, __u32, BPF_F_NO_PREALLOC);
MAP(peers, BPF_MAP_TYPE_HASH, MOST_PEERS, struct peer, __u32, 0);
MAP(devices, BPF_MAP_TYPE_HASH, 64, __u32, struct device, 0);

// kernel inserts and changes, java deletes. First and later in: a connection begins in halfopen
// and moves to connections when its handshake is done (datagrams: at the second one), so that a
// flood of first packets evicts first packets only. connections is allocated entry by entry: it
// takes memory for what is in it.
MAP(connections, BPF_MAP_TYPE_HASH, MOST_CONNECTIONS, struct flow, struct connection,
    BPF_F_NO_PREALLOC);
MAP(halfopen, BPF_MAP_TYPE_LRU_HASH, MOST_HALFOPEN, struct flow, struct connection, 0);
MAP(fragments, BPF_MAP_TYPE_LRU_HASH, MOST_FRAGMENTS, struct fragment_key, struct fragment, 0);
MAP(persistence, BPF_MAP_TYPE_LRU_HASH, MOST_PERSISTENT, struct persistence_key,
    struct persistent, 0);

// kernel, atomically; by index of the real server, and of the service
MAP(loads, BPF_MAP_TYPE_ARRAY, MOST_REALS, __u32, struct loads, BPF_F_MMAPABLE);
MAP(service_loads, BPF_MAP_TYPE_ARRAY, MOST_SERVICES, __u32, struct loads, BPF_F_MMAPABLE);
// java
MAP(corrections, BPF_MAP_TYPE_ARRAY, MOST_REALS, __u32, struct corrections, 0);
MAP(service_corrections, BPF_MAP_TYPE_ARRAY, MOST_SERVICES, __u32, struct corrections, 0);
// kernel: rate limit (GCRA): when the next one would conform, by index of the service
MAP(buckets, BPF_MAP_TYPE_ARRAY, MOST_SERVICES, __u32, __u64, 0);

// kernel
MAP(counters, BPF_MAP_TYPE_PERCPU_ARRAY, MOST_SERVICES, __u32, struct service_counters, 0);
MAP(real_counters, BPF_MAP_TYPE_PERCPU_ARRAY, MOST_REALS, __u32, struct real_counters, 0);
MAP(plane_counters, BPF_MAP_TYPE_PERCPU_ARRAY, 1, __u32, struct plane_counters, 0);

// kernel: struct event
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, EVENT_BYTES);
} events SEC(".maps");

#endif
