// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// SCTP's checksum after its ports have changed, without reading the packet: a CRC is linear, so
// crc(new) = crc(old) xor crc0(old xor new), and the difference is zero but for its first four
// octets. What stands n octets before the end counts as its remainder times x^(8n) (mod P).
#ifndef CRC32C_H
#define CRC32C_H

#include "work.h"

// a * b modulo P = 0x1edc6f41, all with reflected bits: the coefficient of x^0 is the top bit.
INLINE __u32 product(__u32 a, __u32 b) {
  __u32 sum = 0;
  for (int i = 0; i < 32; i++) {
    if (a & 0x80000000u) {
      sum ^= b;
    }
    a <<= 1;
    b = b & 1 ? b >> 1 ^ 0x82f63b78u : b >> 1;
  }
  return sum;
}

// Of a function of its own: the loops are verified once.
__attribute__((noinline)) int crc32c_difference(__u32 difference, __u32 octets_behind) {
  __u32 shift = 0x00800000u; // x^8
  __u32 sum = difference;
  for (int bit = 0; bit < 16; bit++) {
    if (octets_behind >> bit & 1) {
      sum = product(sum, shift);
    }
    shift = product(shift, shift);
  }
  return sum;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as SCTP sends them");

// Before the ports are written. 0 is success.
INLINE int correct_crc32c(context *c, struct work *w, __u32 place) {
  __u32 sctp = w->packet.octets - (w->packet.l4 - ETH_HLEN);
  __u32 before = (__u32)w->flow.destination_port << 16 | w->flow.source_port;
  __u32 after = (__u32)w->target.destination_port << 16 | w->target.source_port;
  __u32 *checksum = at(c, place, 4);
  if (!checksum) {
    return -1;
  }
  if (!*checksum) {
    // Nobody has made one: the card is to (over what stands in its place, too), or both ends have
    // agreed on none (RFC 9653). One of 2^32 packets that have one is lost, and sent again.
    return 0;
  }
  // The first four octets as the low word of a little-endian message; the CRC takes them in at
  // the end of the register, that is times x^32.
  __u32 change = crc32c_difference(before ^ after, sctp);
  checksum = at(c, place, 4);
  if (!checksum) {
    return -1;
  }
  *checksum ^= change;
  return 0;
}

#endif
