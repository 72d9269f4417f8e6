package com.example;

import com.example.proto.GreetRequest;
import com.example.proto.GreeterGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.concurrent.TimeUnit;

/** Prints the greeting of a person: GreeterClient HOST:PORT NAME. */
public final class GreeterClient {
    private GreeterClient() {}

    public static void main(String[] arguments) {
        ManagedChannel channel = Grpc.newChannelBuilder(arguments[0], InsecureChannelCredentials.create())
                .build();
        try {
            GreetRequest request =
                    GreetRequest.newBuilder().setName(arguments[1]).build();
            System.out.println(GreeterGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .greet(request)
                    .getText());
        } finally {
            channel.shutdownNow();
        }
    }
}
