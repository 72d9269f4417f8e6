package dev.fnwatchdog.core.process.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.fnwatchdog.core.process.posix.NativeStrings;
import dev.fnwatchdog.core.process.tree.InvocationMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The base environment of all processes, encoded once; each start adds its own variables. Threads: any. */
public final class NativeEnvironment {
    private final NativeStrings strings;
    private final List<String> names;
    // Whether a request's variable could replace one of these; usually none can be replaced.
    private final boolean replaceable;

    NativeEnvironment(Map<String, String> environment) {
        Map<String, byte[]> inherited = inherited();
        List<byte[]> variables = new ArrayList<>();
        names = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (name.equals(InvocationMarker.NAME)) {
                return;
            }
            String variable = name + "=" + value;
            names.add(name);
            variables.add(inherited.getOrDefault(variable, variable.getBytes(NativeStrings.CHARSET)));
        });
        strings = new NativeStrings(variables);
        replaceable = names.stream().anyMatch(name -> name.startsWith(Launcher.FROM_REQUEST));
    }

    /** Maps each inherited variable to its bytes: one that this JVM's encoding cannot decode then keeps them. */
    private static Map<String, byte[]> inherited() {
        Map<String, byte[]> variables = new HashMap<>();
        try {
            String all = new String(Files.readAllBytes(Path.of("/proc/self/environ")), ISO_8859_1);
            for (String variable : all.split("\0", -1)) {
                byte[] bytes = variable.getBytes(ISO_8859_1);
                variables.put(new String(bytes, NativeStrings.CHARSET), bytes);
            }
        } catch (IOException e) {
            // All variables are then encoded again.
            return Map.of();
        }
        return variables;
    }

    /** Returns the size in bytes of the environment with the given variables, including its array of addresses. */
    int size(Map<String, String> variables, InvocationMarker marker) {
        int size = NativeStrings.ADDRESS * (names.size() + variables.size() + 2);
        size += InvocationMarker.NAME.length() + marker.value().length() + 2;
        for (Map.Entry<String, String> each : variables.entrySet()) {
            size += each.getKey().length() + each.getValue().length() + 2;
        }
        return size;
    }

    /** Writes the environment to its final place, at {@code from} in memory that is all zero and begins at the address. */
    void write(Map<String, String> variables, InvocationMarker marker, ByteBuffer bytes, int from, long address) {
        Writer writer = new Writer(bytes, from, from + NativeStrings.ADDRESS * (names.size() + variables.size() + 2));
        long[] base = strings.addresses();
        for (int i = 0; i < base.length; i++) {
            if (!replaceable || !variables.containsKey(names.get(i))) {
                writer.putAddress(base[i]);
            }
        }
        variables.forEach((name, value) -> writer.put(name, value, address));
        writer.put(InvocationMarker.NAME, marker.value(), address);
    }

    private static final class Writer {
        private final ByteBuffer bytes;
        private int pointer;
        private int text;

        Writer(ByteBuffer bytes, int pointer, int text) {
            this.bytes = bytes;
            this.pointer = pointer;
            this.text = text;
        }

        void putAddress(long address) {
            bytes.putLong(pointer, address);
            pointer += NativeStrings.ADDRESS;
        }

        void put(String name, String value, long address) {
            putAddress(address + text);
            put(name);
            bytes.put(text++, (byte) '=');
            put(value);
            // The memory is zero, so the terminating NUL needs no write.
            text++;
        }

        private void put(String string) {
            bytes.put(text, string.getBytes(ISO_8859_1));
            text += string.length();
        }
    }
}
