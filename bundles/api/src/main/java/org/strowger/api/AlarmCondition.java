package org.strowger.api;

/**
 * A condition that holds, as a bundle other than the director sees it.
 *
 * @param resource DN-like: {@code user=noc}
 */
public record AlarmCondition(AlarmType type, String resource, String text) {}
