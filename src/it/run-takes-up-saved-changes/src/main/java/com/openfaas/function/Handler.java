package com.openfaas.function;

import com.openfaas.model.IHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;

public class Handler implements IHandler {
    @Override
    public IResponse Handle(IRequest request) {
        if (request.getPathRaw().equals("/slow")) {
            sleep();
        }
        Response response = new Response();
        response.setBody("first " + Word.TEXT);
        return response;
    }

    private static void sleep() {
        try {
            Thread.sleep(3000);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Is loaded only after the sleep. */
    private static final class Word {
        static final String TEXT = String.valueOf("version");
    }
}
