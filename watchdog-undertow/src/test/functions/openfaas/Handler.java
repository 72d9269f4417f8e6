package com.openfaas.function;

import com.openfaas.model.AbstractHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;
import java.util.Map;
import java.util.TreeMap;

/** Tells what it was called with, and answers as the query asks it to. */
public class Handler extends AbstractHandler {
    @Override
    public IResponse Handle(IRequest request) {
        Map<String, String> query = request.getQuery();
        Response response = new Response();
        response.setBody(query.containsKey("empty") ? "" : told(request));
        response.setStatusCode(Integer.parseInt(query.getOrDefault("status", "200")));
        response.setContentType(query.getOrDefault("type", ""));
        if (query.containsKey("header")) {
            response.setHeader(query.get("header"), "given");
        }
        return response;
    }

    private static String told(IRequest request) {
        return String.join(
                "\n",
                "body " + request.getBody(),
                "id " + request.getHeader("X-call-id"),
                "type " + request.getHeader("Content-type"),
                "query " + request.getQueryRaw() + " " + new TreeMap<>(request.getQuery()),
                "path " + request.getPathRaw() + " " + new TreeMap<>(request.getPath()));
    }
}
