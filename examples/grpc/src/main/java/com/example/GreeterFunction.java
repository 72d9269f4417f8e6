package com.example;

import com.example.proto.GreetRequest;
import com.example.proto.GreeterGrpc;
import com.example.proto.Greeting;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** Serves greeter.proto in clear text, on the port in its argument. */
public final class GreeterFunction extends GreeterGrpc.GreeterImplBase {
    public static void main(String[] arguments) throws Exception {
        Grpc.newServerBuilderForPort(Integer.parseInt(arguments[0]), InsecureServerCredentials.create())
                .addService(new GreeterFunction())
                .build()
                .start()
                .awaitTermination();
    }

    @Override
    public void greet(GreetRequest request, StreamObserver<Greeting> response) {
        if (request.getName().isEmpty()) {
            response.onError(Status.INVALID_ARGUMENT.withDescription("name is empty").asRuntimeException());
            return;
        }
        response.onNext(greeting(request));
        response.onCompleted();
    }

    @Override
    public StreamObserver<GreetRequest> greetEach(StreamObserver<Greeting> response) {
        return new StreamObserver<>() {
            @Override
            public void onNext(GreetRequest request) {
                response.onNext(greeting(request));
            }

            @Override
            public void onError(Throwable cancelled) {
                System.err.println("The client has cancelled: " + cancelled.getMessage());
            }

            @Override
            public void onCompleted() {
                response.onCompleted();
            }
        };
    }

    private static Greeting greeting(GreetRequest request) {
        return Greeting.newBuilder().setText("hello, " + request.getName()).build();
    }
}
