package com.openfaas.function;

import com.openfaas.model.AbstractHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;

/** Answers each call; calls come on several threads at once, to one object. */
public class Handler extends AbstractHandler {
    @Override
    public IResponse Handle(IRequest request) {
        String name = request.getBody().isBlank() ? "world" : request.getBody().strip();
        Response response = new Response();
        response.setContentType("text/plain; charset=utf-8");
        response.setBody("Hello, " + name + "!\n");
        return response;
    }
}
