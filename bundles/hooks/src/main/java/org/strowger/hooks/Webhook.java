package org.strowger.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.strowger.api.Hook;
import org.strowger.api.HookCall;

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
      builder.header("Authorization", "Bearer " + token(state.resolve(action.tokenFile().get())));
    }
    return builder.build();
  }

  private static String token(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.contains(PosixFilePermission.GROUP_READ)
        || permissions.contains(PosixFilePermission.OTHERS_READ)) {
      throw new IOException(file + " may be read by others than its owner");
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .findFirst()
          .map(String::strip)
          .filter(token -> token.matches("[\\x21-\\x7e]{1,4096}"))
          .orElseThrow(() -> new IOException(file + " has no token in its first line"));
    }
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
