package dev.fnwatchdog.undertow.internal.inproc.scan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What a class file says about a class.
 *
 * @param supertypes the names of the superclass and the interfaces
 * @param annotations the names of the annotation types of the class, its fields and its methods
 */
record ScannedClass(String name, List<String> supertypes, Set<String> annotations) {
    private static final int PARTS = ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES;
    private static final int MAJOR_VERSION = 6;

    /** What is read here did not change later; ASM refuses the class files of a JDK that is newer than itself. */
    private static final int NEWEST_VERSION = Opcodes.V17;

    /**
     * Reads a class file.
     *
     * @param location names the file
     * @throws IOException where it is no class file, with a message that names it
     */
    static ScannedClass parse(String location, byte[] file) throws IOException {
        try {
            return parse(file);
        } catch (RuntimeException malformed) {
            // Whatever the reader meets first: an index beyond the file, an unknown constant.
            throw new IOException("%s is not a class file: %s".formatted(location, malformed));
        }
    }

    private static ScannedClass parse(byte[] file) {
        int version = (file[MAJOR_VERSION] & 0xff) << 8 | (file[MAJOR_VERSION + 1] & 0xff);
        if (version > NEWEST_VERSION) {
            file[MAJOR_VERSION] = 0;
            file[MAJOR_VERSION + 1] = (byte) NEWEST_VERSION;
        }
        ClassReader reader = new ClassReader(file);
        Annotations annotations = new Annotations();
        reader.accept(annotations, PARTS);
        List<String> supertypes = new ArrayList<>();
        if (reader.getSuperName() != null) {
            supertypes.add(name(reader.getSuperName()));
        }
        for (String type : reader.getInterfaces()) {
            supertypes.add(name(type));
        }
        return new ScannedClass(name(reader.getClassName()), supertypes, annotations.names);
    }

    private static String name(String internalName) {
        return internalName.replace('/', '.');
    }

    private static final class Annotations extends ClassVisitor {
        private final Set<String> names = new HashSet<>();

        Annotations() {
            super(Opcodes.ASM9);
        }

        private @Nullable AnnotationVisitor add(String descriptor) {
            names.add(Type.getType(descriptor).getClassName());
            return null;
        }

        @Override
        public @Nullable AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            return add(descriptor);
        }

        @Override
        public FieldVisitor visitField(
                int access, String name, String descriptor, @Nullable String signature, @Nullable Object value) {
            return new FieldVisitor(Opcodes.ASM9) {
                @Override
                public @Nullable AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                    return add(annotation);
                }
            };
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public @Nullable AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                    return add(annotation);
                }
            };
        }
    }
}
