package ${package};

import com.openfaas.model.AbstractHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;

/** Greets by the name in the body. One object serves all requests, several of them at once. */
public final class Hello extends AbstractHandler {
    @Override
    public IResponse Handle(IRequest request) {
        String name = request.getBody().isBlank() ? "world" : request.getBody().strip();
        Response response = new Response();
        response.setContentType("text/plain; charset=utf-8");
        response.setBody("Hello, " + name + "!\n");
        return response;
    }
}
