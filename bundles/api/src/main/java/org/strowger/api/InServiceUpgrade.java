package org.strowger.api;

/**
 * Replaces the release of a running director by a signed package, with a way back; an OSGi service.
 * For administrators only: whoever offers a request sees to the role.
 */
public interface InServiceUpgrade {
  /** How long a trial lasts unless the operator says otherwise, in seconds. */
  int TRIAL_SECONDS = 600;

  /** Where it stands; cheap, any thread. */
  UpgradeStatus status();

  /** Does it or refuses; may take a minute, so never on the director's thread. */
  UpgradeAnswer request(UpgradeRequest request, Origin origin);

  /** What came of a request. */
  sealed interface UpgradeAnswer {
    /** Done, or begun; a sentence for the operator. */
    record Accepted(String text) implements UpgradeAnswer {}

    /** Not done; nothing has changed. */
    record Refused(String why) implements UpgradeAnswer {}
  }
}
