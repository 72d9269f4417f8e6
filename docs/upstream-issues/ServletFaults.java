import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Faults of Undertow's servlet container, each shown over a plain socket: {@code java -cp JARS ServletFaults.java [CASE...]}. */
public final class ServletFaults {
    interface Service {
        void serve(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Runnable> cases = new LinkedHashMap<>();
        cases.put("cookies", ServletFaults::cookies);
        cases.put("same-site", ServletFaults::sameSite);
        cases.put("error-message", ServletFaults::errorMessage);
        cases.put("form", ServletFaults::form);
        cases.put("options", ServletFaults::options);
        for (String name : arguments.length == 0 ? cases.keySet() : List.of(arguments)) {
            System.out.println("== " + name);
            cases.get(name).run();
        }
        System.exit(0);
    }

    /** Values of cookies are cut. */
    static void cookies() {
        for (String cookie : List.of("s=YWJjZA==", "e=a=b", "j={\"x\":\"y\"}")) {
            exchange(
                    (request, response) -> {
                        for (Cookie c : request.getCookies()) {
                            response.getWriter().write("'" + c.getValue() + "'");
                        }
                    },
                    cookie,
                    "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + cookie + "\r\n\r\n");
        }
    }

    /** An attribute of a cookie is dropped. */
    static void sameSite() {
        exchange(
                (request, response) -> {
                    Cookie cookie = new Cookie("a", "b");
                    cookie.setAttribute("SameSite", "Lax");
                    response.addCookie(cookie);
                },
                "SameSite=Lax",
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /** The message of an error is escaped twice. */
    static void errorMessage() {
        exchange((request, response) -> response.sendError(400, "a<b>"), "a<b>", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /** A form of too many fields is an exception. */
    static void form() {
        String body = IntStream.range(0, 1001).mapToObj(i -> "f" + i + "=").collect(Collectors.joining("&"));
        exchange(
                (request, response) -> response.getWriter().write("" + request.getParameter("f0")),
                "1,001 fields",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body);
    }

    /** OPTIONS for the server is an exception. */
    static void options() {
        exchange((request, response) -> response.setStatus(200), "OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    private static final class Servlet extends HttpServlet {
        private final transient Service service;

        Servlet(Service service) {
            this.service = service;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
            service.serve(request, response);
        }
    }

    private static void exchange(Service service, String label, String request) {
        try {
            DeploymentManager deployment = Servlets.defaultContainer()
                    .addDeployment(Servlets.deployment()
                            .setDeploymentName("a")
                            .setContextPath("/")
                            .setClassLoader(ServletFaults.class.getClassLoader())
                            .addServlet(new ServletInfo("a", Servlet.class, new ImmediateInstanceFactory<>(new Servlet(service)))
                                    .addMapping("/*")));
            deployment.deploy();
            Undertow undertow = Undertow.builder().addHttpListener(0, "127.0.0.1", deployment.start()).build();
            undertow.start();
            InetSocketAddress address = (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
            StringBuilder read = new StringBuilder();
            try (Socket socket = new Socket("127.0.0.1", address.getPort())) {
                socket.setSoTimeout(1000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                for (int next = socket.getInputStream().read(); next >= 0; next = socket.getInputStream().read()) {
                    read.append((char) next);
                }
            } catch (SocketTimeoutException silence) {
                read.append(" ...");
            }
            undertow.stop();
            System.out.println("  " + label + ": " + read.toString().replace("\r\n", " | ").replaceAll("\n.*", ""));
        } catch (IOException | ServletException e) {
            throw new IllegalStateException(e);
        }
    }
}
