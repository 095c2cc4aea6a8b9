import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Executors;

/** java.net.http.HttpClient, behind a small server of its own. */
public class Gateway {
  public static void main(String[] arguments) throws Exception {
    var origin = "http://" + System.getenv("UPSTREAM");
    // The server is asked for HTTP/2 otherwise, by Upgrade.
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var address = new InetSocketAddress(System.getenv("HOST"), Integer.parseInt(System.getenv("PORT")));
    var server = HttpServer.create(address, 128);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", asked -> answer(client, origin, asked));
    server.start();
  }

  private static void answer(HttpClient client, String origin, HttpExchange asked) throws java.io.IOException {
    try {
      var body = asked.getRequestBody().readAllBytes();
      var publisher = body.length > 0 ? BodyPublishers.ofByteArray(body) : BodyPublishers.noBody();
      var request = HttpRequest.newBuilder(URI.create(origin + asked.getRequestURI())).method(asked.getRequestMethod(), publisher).build();
      asked.sendResponseHeaders(client.send(request, BodyHandlers.discarding()).statusCode(), -1);
    } catch (Exception exception) {
      asked.getResponseHeaders().set("X-Exception", exception.getClass().getSimpleName());
      asked.sendResponseHeaders(502, -1);
    } finally {
      asked.close();
    }
  }
}
