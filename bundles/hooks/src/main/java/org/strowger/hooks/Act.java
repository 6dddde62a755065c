package org.strowger.hooks;

import org.strowger.api.HookCall;

/** What a hook does; on a thread of the runner. */
interface Act {
  /**
   * What one try came to.
   *
   * @param text one line for people
   */
  record Outcome(boolean good, boolean late, String text) {
    /** Longest text kept. */
    static final int MAX_TEXT = 200;

    public Outcome {
      text = text.replaceAll("\\p{Cntrl}+", " ").strip();
      text = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    }

    static Outcome good(String text) {
      return new Outcome(true, false, text);
    }

    static Outcome bad(String text) {
      return new Outcome(false, false, text);
    }

    static Outcome late(String text) {
      return new Outcome(false, true, text);
    }
  }

  /**
   * Tries once, and ends within the hook's timeout and a moment.
   *
   * @throws InterruptedException if interrupted: the bundle goes
   */
  Outcome run(HookCall call) throws InterruptedException;
}
