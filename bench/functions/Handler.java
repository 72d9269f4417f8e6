package com.openfaas.function;

import com.openfaas.model.AbstractHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;

/** The response of {@code Greeting} as a function of the OpenFaaS Java template. */
public class Handler extends AbstractHandler {
    private static final String BODY = "x".repeat(32);

    @Override
    public IResponse Handle(IRequest request) {
        Response response = new Response();
        response.setContentType("text/plain");
        response.setBody(BODY);
        return response;
    }
}
