package org.strowger.api;

/** What a plane saw. */
public sealed interface PlaneEvent {
  /** Connections to it failed in a row; new ones should avoid it. */
  record RealServerUnreachable(RealServerId id, String why) implements PlaneEvent {}

  /** It accepts connections again. */
  record RealServerReachable(RealServerId id) implements PlaneEvent {}

  /** The service's address cannot be listened on. */
  record ListenFailed(String service, String why) implements PlaneEvent {}

  /** The service's address is listened on. */
  record Listening(String service) implements PlaneEvent {}

  /**
   * The plane is short of something and takes fewer or no new connections.
   *
   * @param resource {@code fileDescriptors}, {@code buffers}
   */
  record ResourceShort(String resource, String why) implements PlaneEvent {}

  /** It has enough of it again. */
  record ResourceEased(String resource) implements PlaneEvent {}
}
