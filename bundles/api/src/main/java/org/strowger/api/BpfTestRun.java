package org.strowger.api;

import java.nio.ByteBuffer;

/**
 * What a program did with a packet.
 *
 * @param returnCode {@code TC_ACT_}, {@code XDP_}
 * @param packet the packet as it left it, from position 0 to the limit
 * @param context the context as it left it; empty if none was handed in
 * @param nanos mean duration of one run
 */
public record BpfTestRun(int returnCode, ByteBuffer packet, ByteBuffer context, int nanos) {}
