package org.strowger.api;

/**
 * Live connections that have something in common, summed up.
 *
 * @param name the client's address, the real server or the virtual service
 * @param bytesIn bytes from clients that their live connections have carried so far
 * @param bytesOut bytes to clients, likewise
 */
public record Talker(String name, long connections, long bytesIn, long bytesOut) {}
