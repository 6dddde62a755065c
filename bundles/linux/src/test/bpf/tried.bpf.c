// SPDX-License-Identifier: Apache-2.0
// What the tests of this bundle load: a map of each kind, and programs that touch them.
#include <linux/bpf.h>

#define SEC(name) __attribute__((section(name), used))
#define NUMBER(name, value) int(*name)[value]
#define TYPE(name, value) typeof(value) *name

static void *(*lookup)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;
static void *(*reserve)(void *ring, __u64 size, __u64 flags) = (void *)BPF_FUNC_ringbuf_reserve;
static void (*submit)(void *event, __u64 flags) = (void *)BPF_FUNC_ringbuf_submit;
static void (*discard)(void *event, __u64 flags) = (void *)BPF_FUNC_ringbuf_discard;

#define MAP(name, kind, entries, keyType, valueType, mapFlags)                                     \
  struct {                                                                                         \
    NUMBER(type, kind);                                                                            \
    NUMBER(max_entries, entries);                                                                  \
    NUMBER(map_flags, mapFlags);                                                                   \
    TYPE(key, keyType);                                                                            \
    TYPE(value, valueType);                                                                        \
  } name SEC(".maps")

struct prefix {
  __u32 length;
  __u32 address;
};

MAP(hash, BPF_MAP_TYPE_HASH, 10000, __u32, __u64, 0);
MAP(recent, BPF_MAP_TYPE_LRU_HASH, 1024, __u32, __u64, 0);
MAP(slots, BPF_MAP_TYPE_ARRAY, 5000, __u32, __u32, BPF_F_MMAPABLE);
MAP(plain, BPF_MAP_TYPE_ARRAY, 4, __u32, __u64, 0);
MAP(counts, BPF_MAP_TYPE_PERCPU_ARRAY, 4, __u32, __u32, 0);
MAP(spread, BPF_MAP_TYPE_PERCPU_HASH, 100, __u32, __u64, 0);
MAP(prefixes, BPF_MAP_TYPE_LPM_TRIE, 100, struct prefix, __u32, BPF_F_NO_PREALLOC);

struct {
  NUMBER(type, BPF_MAP_TYPE_RINGBUF);
  NUMBER(max_entries, 1 << 18);
} events SEC(".maps");

const volatile __u16 step = 1;
const volatile __u64 answer = 0;
__u64 sequence = 0;
__u64 dropped = 0;

static void count(__u32 at, __u32 by) {
  __u32 *value = lookup(&counts, &at);
  if (value) *value += by;
}

SEC("tc") int count_and_pass(struct __sk_buff *packet) {
  count(0, step);
  return 0; // TC_ACT_OK
}

SEC("tc") int count_and_drop(struct __sk_buff *packet) {
  count(1, step);
  return 2; // TC_ACT_SHOT
}

SEC("tc") int tell(struct __sk_buff *packet) {
  for (int i = 0; i < 8; i++) {
    __u64 *event = reserve(&events, 16 + 8, 0);
    if (!event) {
      dropped++;
      continue;
    }
    event[0] = ++sequence;
    event[1] = ~event[0];
    event[2] = packet->len;
    if (event[0] % 1000 == 0)
      discard(event, 0);
    else
      submit(event, 0);
  }
  return 0;
}

SEC("tc") int same_length(struct __sk_buff *packet) {
  return packet->mark ? packet->mark + answer : packet->len;
}

SEC("xdp") int shorten(struct xdp_md *packet) {
  char *data = (void *)(long)packet->data;
  char *end = (void *)(long)packet->data_end;
  if (data + 14 > end) return XDP_ABORTED;
  data[0] = data[0] + 1;
  return XDP_PASS;
}

#ifdef REFUSED
SEC("tc") int reaches_too_far(struct __sk_buff *packet) {
  __u32 at = packet->len;
  __u64 *value = lookup(&plain, &at);
  return *value; // unchecked: the verifier refuses it
}
#endif

char LICENSE[] SEC("license") = "Apache-2.0";
