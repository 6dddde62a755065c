// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Step: direct routing. Only the station changes; the real server has the service's address
// itself, and answers the client without us.
#ifndef FORWARD_DIRECT_H
#define FORWARD_DIRECT_H

#include "send.h"

INLINE int forward_direct(context *c, struct work *w, const struct real *real, int *action) {
  if (count_down(c, &w->packet)) {
    return VERDICT_NO_ROUTE;
  }
  return send(c, w, real->ifindex, is_zero(real->next_hop) ? real->address : real->next_hop, action);
}

#endif
