package ${package};

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Greets by the name in the body. One object serves all requests, several of them at once. */
public final class Hello extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String name = body.isBlank() ? "world" : body.strip();
        response.setContentType("text/plain; charset=utf-8");
        response.getWriter().print("Hello, " + name + "!\n");
    }
}
