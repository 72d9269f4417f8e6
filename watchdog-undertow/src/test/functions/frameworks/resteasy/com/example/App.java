package com.example;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The resources of the function. */
@ApplicationPath("/")
public final class App extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(Greetings.class);
    }
}
