package com.openfaas.function;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fnwatchdog.junit.FunctionClient;
import dev.fnwatchdog.junit.WatchdogTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Calls the function over HTTP, through a watchdog as it has in its container. */
@WatchdogTest
class HandlerTest {
    @Test
    void greetsTheWorld(FunctionClient function) throws Exception {
        assertEquals("Hello, world!\n", function.get("/").body());
    }

    @Test
    void greetsWhoeverIsNamed(FunctionClient function) throws Exception {
        HttpResponse<String> response = function.post("/", "Ada\n");

        assertEquals(200, response.statusCode());
        assertEquals("Hello, Ada!\n", response.body());
    }
}
