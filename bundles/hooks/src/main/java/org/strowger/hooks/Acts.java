package org.strowger.hooks;

import java.nio.file.Path;
import org.strowger.api.Hook;
import org.strowger.api.HookCall;

/** Does what a hook says: runs its program, or posts to its URL. */
final class Acts implements Act, AutoCloseable {
  private final Script script = new Script();
  private final Webhook webhook;

  /**
   * @param state folder that relative paths are relative to
   */
  Acts(Path state) {
    webhook = new Webhook(state);
  }

  @Override
  public Outcome run(HookCall call) throws InterruptedException {
    return switch (call.hook().action()) {
      case Hook.Action.Script program -> script.run(program, call);
      case Hook.Action.Webhook post -> webhook.run(post, call);
    };
  }

  @Override
  public void close() {
    webhook.close();
  }
}
