package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fnwatchdog.junit.FunctionClient;
import dev.fnwatchdog.junit.WatchdogTest;
import org.junit.jupiter.api.Test;

@WatchdogTest(handler = SumServlet.class, value = "exec_timeout=5s")
class SumServletTest {
    @Test
    void addsNumbers(FunctionClient function) throws Exception {
        assertEquals("42", function.post("/", "2\n40\n").body());
    }

    @Test
    void refusesWords(FunctionClient function) throws Exception {
        assertEquals(400, function.post("/", "two\n").statusCode());
    }
}
