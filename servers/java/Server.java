import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The JDK's own server with a handler for files, as its documentation shows one. HOST, PORT and SITE come from the environment. */
public class Server {
    static final Path SITE = Path.of(System.getenv("SITE"));
    static final Map<String, String> TYPES = Map.of(
        "html", "text/html; charset=utf-8", "css", "text/css", "js", "text/javascript", "png", "image/png", "wav", "audio/wav");

    public static void main(String[] arguments) throws IOException {
        var address = new InetSocketAddress(System.getenv("HOST"), Integer.parseInt(System.getenv("PORT")));
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/", Server::handle);
        server.start();
    }

    static void handle(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().substring(1);
        Path file = SITE.resolve(name.isEmpty() ? "index.html" : name).normalize();
        boolean found = file.startsWith(SITE) && Files.isRegularFile(file);
        byte[] content = found ? Files.readAllBytes(file) : "Not found\n".getBytes();
        String type = found ? TYPES.get(name.isEmpty() ? "html" : name.substring(name.lastIndexOf('.') + 1)) : "text/plain";
        if (type != null) exchange.getResponseHeaders().set("Content-Type", type);
        // -1: no content, as a HEAD demands.
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(found ? 200 : 404, isHead ? -1 : content.length);
        try (OutputStream body = exchange.getResponseBody()) {
            if (!isHead) body.write(content);
        }
    }
}
