package com.example;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.concurrent.CompletableFuture;
import org.apache.cxf.jaxrs.ext.multipart.Multipart;

/** Greets at once, later, in events, by the content of a file, and by the number of earlier visits. */
@Path("/")
@Produces(MediaType.TEXT_PLAIN)
public class Greetings {
    @GET
    @Path("hello/{name}")
    public String hello(@PathParam("name") String name) {
        return "hello, " + name;
    }

    @GET
    @Path("later/{name}")
    public void later(@PathParam("name") String name, @Suspended AsyncResponse response) {
        CompletableFuture.runAsync(() -> response.resume("hello later, " + name));
    }

    @GET
    @Path("events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void events(@Context SseEventSink sink, @Context Sse sse) {
        sink.send(sse.newEvent("one"))
                .thenCompose(sent -> sink.send(sse.newEvent("two")))
                .thenRun(sink::close);
    }

    @POST
    @Path("upload")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public String upload(@Multipart("file") String content) {
        return "hello, " + content;
    }

    @GET
    @Path("visits")
    public String visits(@Context HttpServletRequest request) {
        Object earlier = request.getSession().getAttribute("visits");
        int visits = earlier == null ? 1 : (int) earlier + 1;
        request.getSession().setAttribute("visits", visits);
        return "visit " + visits;
    }
}
