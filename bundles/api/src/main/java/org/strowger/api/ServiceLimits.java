package org.strowger.api;

/**
 * Limits of a virtual service. Zero is no limit.
 *
 * @param connections most held at once
 * @param connectionsPerSource most held at once by one source
 * @param rate new connections a second; beyond the burst they are refused
 * @param burst new connections that may come at once; zero is one second's worth
 * @param ratePerSource as {@code rate}, for one source
 * @param burstPerSource as {@code burst}, for one source
 * @param sourcePrefixIpv4 bits of an IPv4 address that make a source, 1 to 32
 * @param sourcePrefixIpv6 bits of an IPv6 address that make a source, 1 to 128
 */
public record ServiceLimits(
    long connections,
    long connectionsPerSource,
    long rate,
    long burst,
    long ratePerSource,
    long burstPerSource,
    int sourcePrefixIpv4,
    int sourcePrefixIpv6) {
  public static final ServiceLimits NONE = new ServiceLimits(0, 0, 0, 0, 0, 0, 32, 128);
}
