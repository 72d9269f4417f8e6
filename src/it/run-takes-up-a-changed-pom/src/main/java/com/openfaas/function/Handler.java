package com.openfaas.function;

import com.openfaas.model.IHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;

public class Handler implements IHandler {
    @Override
    public IResponse Handle(IRequest request) {
        Response response = new Response();
        response.setBody("no word");
        return response;
    }
}
