package org.strowger.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.strowger.api.Hook;
import org.strowger.api.HookCall;
import org.strowger.api.SecretFile;

/**
 * Posts the facts as a JSON object. Status 200 to 299 is good; redirections are not followed, and
 * of the answer's body nothing is read.
 */
final class Webhook implements AutoCloseable {
  private final Path state;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Webhook(Path state) {
    this.state = state;
  }

  Act.Outcome run(Hook.Action.Webhook action, HookCall call) throws InterruptedException {
    HttpRequest request;
    try {
      request = request(action, call);
    } catch (IOException thrown) {
      return Act.Outcome.bad("no token: " + thrown.getMessage());
    }
    long millis = call.hook().timeout().toMillis();
    CompletableFuture<HttpResponse<InputStream>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    try {
      HttpResponse<InputStream> response = answer.get(millis, TimeUnit.MILLISECONDS);
      response.body().close(); // whatever it is, and however long
      int status = response.statusCode();
      String text = "status " + status;
      return status >= 200 && status <= 299 ? Act.Outcome.good(text) : Act.Outcome.bad(text);
    } catch (TimeoutException late) {
      return Act.Outcome.late("no answer within " + millis + " ms");
    } catch (ExecutionException | IOException thrown) {
      Throwable cause = Optional.ofNullable(thrown.getCause()).orElse(thrown);
      return Act.Outcome.bad("cannot be posted: " + sentence(cause));
    } finally {
      answer.cancel(true);
    }
  }

  private HttpRequest request(Hook.Action.Webhook action, HookCall call) throws IOException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(action.url())
            .timeout(call.hook().timeout())
            .header("Content-Type", "application/json")
            .header("User-Agent", "strowger")
            .POST(HttpRequest.BodyPublishers.ofString(Json.object(call.facts())));
    if (action.tokenFile().isPresent()) {
      builder.header("Authorization", "Bearer " + token(state, action.tokenFile().get()));
    }
    return builder.build();
  }

  private static String token(Path state, Path file) throws IOException {
    String token = SecretFile.read(state, file, 1).strip();
    if (!token.matches("[\\x21-\\x7e]+")) {
      throw new IOException("the first line of " + file + " is no token: no blanks, ASCII only");
    }
    return token;
  }

  /** The client often says nothing but the class. */
  private static String sentence(Throwable thrown) {
    String said = thrown.getMessage();
    return said == null ? thrown.getClass().getSimpleName() : said;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
