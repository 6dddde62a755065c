package org.strowger.api;

/** Why a director changed its role. */
public enum SwitchReason implements Coded {
  NONE(1, "none"),
  /** An operator asked for it. */
  USER(2, "user"),
  /** The active one fell silent. */
  PEER_LOST(3, "peerLost"),
  /** This director noticed that it was stopped, or too slow. */
  SELF_FAULT(4, "selfFault"),
  /** One of higher priority is there. */
  PRIORITY(5, "priority"),
  UPGRADE(6, "upgrade"),
  /** The network device does not work. */
  LINK_DOWN(7, "linkDown"),
  /** Two were active. */
  SPLIT(8, "split"),
  OTHER(9, "other"),
  /** The active one resigned. */
  PEER_RESIGNED(10, "peerResigned"),
  /** Something that the instance tracks fails. */
  TRACK(11, "track"),
  /** This director cannot forward. */
  DUTY(12, "duty"),
  /** Its adverts cannot be signed. */
  KEY(13, "key");

  private final int code;
  private final String word;

  SwitchReason(int code, String word) {
    this.code = code;
    this.word = word;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public String word() {
    return word;
  }
}
