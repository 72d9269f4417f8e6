package com.example;

import io.javalin.Javalin;
import io.javalin.http.Context;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.annotation.WebListener;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Registers the servlet of Javalin at the start of the web application. */
@WebListener
public final class Start implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
        Javalin javalin = Javalin.create(config -> config.showJavalinBanner = false)
                .get("/hello/{name}", context -> context.result("hello, " + context.pathParam("name")))
                .get("/later/{name}", Start::later)
                .sse("/events", client -> {
                    client.sendEvent("one");
                    client.sendEvent("two");
                    client.close();
                })
                .post("/upload", Start::upload)
                .get("/visits", Start::visits);
        ServletRegistration.Dynamic servlet = event.getServletContext().addServlet("javalin", javalin.javalinServlet());
        servlet.setAsyncSupported(true);
        servlet.setMultipartConfig(new MultipartConfigElement(""));
        servlet.addMapping("/*");
    }

    private static void later(Context context) {
        String name = context.pathParam("name");
        context.future(() -> CompletableFuture.runAsync(() -> context.result("hello later, " + name)));
    }

    private static void upload(Context context) throws Exception {
        try (var content = context.uploadedFile("file").content()) {
            context.result("hello, " + new String(content.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void visits(Context context) {
        Integer earlier = context.sessionAttribute("visits");
        int visits = earlier == null ? 1 : earlier + 1;
        context.sessionAttribute("visits", visits);
        context.result("visit " + visits);
    }
}
