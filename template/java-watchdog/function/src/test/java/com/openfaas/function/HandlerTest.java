package com.openfaas.function;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.openfaas.model.Request;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandlerTest {
    private final Handler handler = new Handler();

    @Test
    void greetsTheWorld() {
        assertEquals("Hello, world!\n", answerTo(""));
    }

    @Test
    void greetsWhoeverIsNamed() {
        assertEquals("Hello, Ada!\n", answerTo("Ada\n"));
    }

    private String answerTo(String body) {
        return handler.Handle(new Request(body, Map.of(), "", "/")).getBody();
    }
}
