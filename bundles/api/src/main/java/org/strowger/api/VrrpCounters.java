package org.strowger.api;

/**
 * What was counted of a VRRP instance; the adverts that were refused by why, as VRRPV3-MIB has it.
 *
 * @param advertsSent of any priority
 * @param advertsReceived that were taken
 * @param prioritiesZeroSent of the sent, those that resign
 * @param prioritiesZeroReceived of the received, those that resign
 * @param sendFailures adverts that the kernel refused
 * @param checksumErrors of a wrong checksum
 * @param versionErrors of another version than the instance's
 * @param hopErrors that came through a router: TTL or hop limit not 255
 * @param lengthErrors shorter or longer than what they say, or of another type than an advert
 * @param addressListErrors of other addresses than the instance's
 * @param intervalErrors version 2: of another interval; version 3: of interval 0
 * @param authenticationErrors version 2: with authentication, which RFC 3768 took out
 * @param peerErrors from a sender that is none of the unicast peers
 * @param signatureErrors that were not signed, or not with a key of the instance's
 * @param replayErrors that were signed once, and had come before
 * @param announcements of an address, gratuitous ARP or neighbour advertisement
 */
public record VrrpCounters(
    long advertsSent,
    long advertsReceived,
    long prioritiesZeroSent,
    long prioritiesZeroReceived,
    long sendFailures,
    long checksumErrors,
    long versionErrors,
    long hopErrors,
    long lengthErrors,
    long addressListErrors,
    long intervalErrors,
    long authenticationErrors,
    long peerErrors,
    long signatureErrors,
    long replayErrors,
    long announcements) {}
