package io.ferrymq.server.architecture;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A Java source file as the compiler's parser sees it, so that no regular expression has to understand Java. */
final class SourceFile {
    /** A method or constructor. */
    record Method(String where, boolean constructor, long lines, int parameters, boolean throwsException) {}

    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<Method> methods = new ArrayList<>();
    private final List<String> caughtThrowables = new ArrayList<>();
    private final List<String> synchronizedBlocks = new ArrayList<>();
    private final List<String> sleeps = new ArrayList<>();

    private SourceFile(CompilationUnitTree unit, SourcePositions positions) {
        this.unit = unit;
        this.positions = positions;
        new Scanner().scan(unit, null);
    }

    /** All {@code .java} files below these directories. */
    static List<SourceFile> below(List<Path> directories) {
        List<Path> files = directories.stream()
                .filter(Files::isDirectory)
                .flatMap(SourceFile::javaFiles)
                .toList();
        if (files.isEmpty()) {
            return List.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            List<SourceFile> parsed = new ArrayList<>();
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                parsed.add(new SourceFile(unit, positions));
            }
            return parsed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> javaFiles(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return Path.of(unit.getSourceFile().toUri());
    }

    String packageName() {
        return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
    }

    String className() {
        return packageName() + "." + path().getFileName().toString().replace(".java", "");
    }

    String text() {
        try {
            return unit.getSourceFile().getCharContent(true).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Method> methods() {
        return methods;
    }

    /** Methods that contain {@code catch (Throwable}. */
    List<String> caughtThrowables() {
        return caughtThrowables;
    }

    List<String> synchronizedBlocks() {
        return synchronizedBlocks;
    }

    List<String> sleeps() {
        return sleeps;
    }

    private final class Scanner extends TreePathScanner<Void, Void> {
        private String type = "";
        private String method = "";

        @Override
        public Void visitClass(ClassTree tree, Void nothing) {
            String outer = type;
            type = outer.isEmpty() ? packageName() + "." + tree.getSimpleName() : outer + "$" + tree.getSimpleName();
            super.visitClass(tree, nothing);
            type = outer;
            return nothing;
        }

        @Override
        public Void visitMethod(MethodTree tree, Void nothing) {
            String outer = method;
            method = type + "." + tree.getName();
            boolean throwsException = tree.getThrows().stream()
                    .map(Object::toString)
                    .anyMatch(name -> name.equals("Exception") || name.equals("Throwable"));
            methods.add(new Method(
                    method,
                    tree.getReturnType() == null,
                    lines(tree),
                    tree.getParameters().size(),
                    throwsException));
            super.visitMethod(tree, nothing);
            method = outer;
            return nothing;
        }

        @Override
        public Void visitCatch(CatchTree tree, Void nothing) {
            if (tree.getParameter().getType().toString().matches(".*\\bThrowable\\b.*")) {
                caughtThrowables.add(method.isEmpty() ? type : method);
            }
            return super.visitCatch(tree, nothing);
        }

        @Override
        public Void visitSynchronized(SynchronizedTree tree, Void nothing) {
            synchronizedBlocks.add(method);
            return super.visitSynchronized(tree, nothing);
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree tree, Void nothing) {
            String call = tree.getMethodSelect().toString();
            if (call.matches("(.*\\.)?(Thread|TimeUnit\\.[A-Z]+|[A-Z]*SECONDS)\\.sleep")) {
                sleeps.add(method);
            }
            return super.visitMethodInvocation(tree, nothing);
        }

        private long lines(Tree tree) {
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
            long last = positions.getEndPosition(unit, tree);
            return last < 0 ? 0 : unit.getLineMap().getLineNumber(last) - first + 1;
        }
    }
}
