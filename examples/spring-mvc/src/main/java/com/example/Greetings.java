package com.example;

import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Greets at once, later, in events, by the content of a file, and by the number of earlier visits. */
@RestController
public class Greetings {
    @GetMapping("/hello/{name}")
    public String hello(@PathVariable("name") String name) {
        return "hello, " + name;
    }

    @GetMapping("/later/{name}")
    public CompletableFuture<String> later(@PathVariable("name") String name) {
        return CompletableFuture.supplyAsync(() -> "hello later, " + name);
    }

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    public SseEmitter events() {
        SseEmitter emitter = new SseEmitter();
        CompletableFuture.runAsync(() -> {
            try {
                emitter.send("one");
                emitter.send("two");
                emitter.complete();
            } catch (IOException disconnected) {
                emitter.completeWithError(disconnected);
            }
        });
        return emitter;
    }

    @PostMapping("/upload")
    public String upload(@RequestParam("file") MultipartFile file) throws IOException {
        return "hello, " + new String(file.getBytes());
    }

    @GetMapping("/visits")
    public String visits(HttpSession session) {
        Object earlier = session.getAttribute("visits");
        int visits = earlier == null ? 1 : (int) earlier + 1;
        session.setAttribute("visits", visits);
        return "visit " + visits;
    }

    @GetMapping("/admin/name")
    public String name(Principal user) {
        return "hello, " + user.getName();
    }
}
