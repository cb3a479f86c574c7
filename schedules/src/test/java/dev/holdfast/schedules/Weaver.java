// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Loads the core and the scenarios once more, with a call of {@link Woven} at each step with which threads coordinate, and with a
 * defect if there is to be one.
 */
final class Weaver extends ClassLoader {
    private static final String WOVEN = "dev/holdfast/schedules/Woven";
    private static final String LOCK = "java/util/concurrent/locks/ReentrantLock";
    private static final String SUPPORT = "java/util/concurrent/locks/LockSupport";

    private final @Nullable Defect defect;
    private final Map<String, Set<String>> volatiles = new HashMap<>();
    private boolean planted;

    Weaver(@Nullable Defect defect) {
        super(Weaver.class.getClassLoader());
        this.defect = defect;
    }

    /** The same class, woven. */
    <T> Class<? extends T> woven(Class<? extends T> type, Class<T> shared) throws ClassNotFoundException {
        return loadClass(type.getName()).asSubclass(shared);
    }

    boolean isPlanted() {
        return planted;
    }

    /** The core, and what of the tests has to do with it. */
    private static boolean isWoven(String name) {
        return name.startsWith("dev.holdfast.")
                && !name.startsWith("dev.holdfast.testkit.")
                && (!name.startsWith("dev.holdfast.schedules.") || name.startsWith("dev.holdfast.schedules.scene."));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!isWoven(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            byte[] bytes = weave(name.replace('.', '/'));
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    private byte[] bytes(String internalName) {
        try (InputStream in = getParent().getResourceAsStream(internalName + ".class")) {
            if (in == null) {
                throw new IllegalStateException("no class " + internalName);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] weave(String internalName) {
        ClassReader reader = new ClassReader(bytes(internalName));
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor code = super.visitMethod(access, name, descriptor, signature, exceptions);
                        MethodVisitor woven = new Steps(code);
                        return defect != null && defect.isIn(internalName, name) ? new Planting(woven, defect) : woven;
                    }
                },
                0);
        return writer.toByteArray();
    }

    private boolean isVolatile(String owner, String field) {
        return isWoven(owner.replace('/', '.'))
                && volatiles.computeIfAbsent(owner, this::volatileFields).contains(field);
    }

    private Set<String> volatileFields(String owner) {
        Set<String> fields = new HashSet<>();
        new ClassReader(bytes(owner))
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public @Nullable FieldVisitor visitField(
                                    int access, String name, String descriptor, String signature, Object value) {
                                if ((access & Opcodes.ACC_VOLATILE) != 0) {
                                    fields.add(name);
                                }
                                return null;
                            }
                        },
                        ClassReader.SKIP_CODE);
        return fields;
    }

    /** Puts a step before each instruction that coordinates. */
    private final class Steps extends MethodVisitor {
        Steps(MethodVisitor code) {
            super(Opcodes.ASM9, code);
        }

        private void call(String method, String descriptor) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, WOVEN, method, descriptor, false);
        }

        private void call(String method, String descriptor, String what) {
            super.visitLdcInsn(what);
            call(method, descriptor);
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            if (isVolatile(owner, name)) {
                boolean reads = opcode == Opcodes.GETFIELD || opcode == Opcodes.GETSTATIC;
                call(reads ? "read" : "point", "(Ljava/lang/String;)V", (reads ? "read " : "write ") + name);
            }
            super.visitFieldInsn(opcode, owner, name, descriptor);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (owner.equals(LOCK) && (name.equals("lock") || name.equals("unlock"))) {
                call(name, "(L" + LOCK + ";)V");
            } else if (owner.equals(LOCK) && name.equals("tryLock")) {
                call(name, "(L" + LOCK + ";)Z");
            } else if (owner.equals(SUPPORT) && name.equals("unpark")) {
                call(name, "(Ljava/lang/Thread;)V");
            } else if (owner.equals("java/lang/Thread") && name.equals("interrupted")) {
                call(name, "()Z");
            } else if (owner.equals("java/lang/Thread") && name.equals("interrupt")) {
                call(name, "(Ljava/lang/Thread;)V");
            } else if (owner.equals("java/lang/invoke/VarHandle")) {
                call(name.startsWith("get") ? "read" : "point", "(Ljava/lang/String;)V", name);
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            } else if (owner.equals("java/util/concurrent/ConcurrentHashMap") && !name.equals("<init>")) {
                call("beginOneStep", "(Ljava/lang/String;)V", "map." + name);
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
                call("endOneStep", "()V");
            } else {
                if (owner.startsWith("java/util/concurrent/atomic/")
                        || owner.equals("java/util/concurrent/CompletableFuture")
                        || owner.equals("java/util/concurrent/ConcurrentHashMap$KeySetView")) {
                    if (!name.equals("<init>")) {
                        call("point", "(Ljava/lang/String;)V", name);
                    }
                }
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            }
        }
    }

    /** Makes one transition let go of the mutex half-way. */
    private final class Planting extends MethodVisitor {
        private final Defect planting;

        Planting(MethodVisitor code, Defect planting) {
            super(Opcodes.ASM9, code);
            this.planting = planting;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (name.equals(planting.before)) {
                planted = true;
                mutex("unlock");
                mutex("lock");
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }

        private void mutex(String method) {
            visitVarInsn(Opcodes.ALOAD, 0);
            visitFieldInsn(Opcodes.GETFIELD, Defect.QUEUE, "mutex", "L" + LOCK + ";");
            visitMethodInsn(Opcodes.INVOKEVIRTUAL, LOCK, method, "()V", false);
        }
    }
}
