package com.example;

import org.glassfish.jersey.media.multipart.MultiPartFeature;
import org.glassfish.jersey.server.ResourceConfig;

/** The resources of the function, as Jersey finds them by its init parameter. */
public final class GreetingApplication extends ResourceConfig {
    public GreetingApplication() {
        super(Greetings.class, MultiPartFeature.class);
    }
}
