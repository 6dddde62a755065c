package org.strowger.api;

/**
 * Who asked for a change, and from where; written into the audit log.
 *
 * @param user the authenticated name, or the operating system's user
 * @param source address, socket or file the request came from
 */
public record Origin(OriginKind kind, String user, String source) {}
