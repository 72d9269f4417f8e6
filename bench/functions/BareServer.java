import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The smallest server on the JVM, to measure the shortest possible startup: responds to every request with 200. */
public final class BareServer {
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 16, InetAddress.getLoopbackAddress())) {
            byte[] request = new byte[4096];
            while (true) {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read(request);
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes());
                }
            }
        }
    }
}
