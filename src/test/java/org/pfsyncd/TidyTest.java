package org.pfsyncd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** House style that a machine can check. Limits are ratchets: what is listed may only shrink. */
class TidyTest {
    private static final int METHOD_LINE_LIMIT = 70;
    private static final int FILE_LINE_LIMIT = 400;

    /** Accessors of one flyweight: long, flat, and better in one place. */
    private static final Map<String, Integer> LONG_FILES =
            Map.of("src/main/java/org/pfsyncd/wire/StateRecord.java", 730);

    private static final List<Pattern> BANNED =
            List.of(
                    Pattern.compile("Thread\\.sleep\\("),
                    Pattern.compile("LockSupport\\.parkNanos"),
                    Pattern.compile("@Disabled"),
                    Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b"),
                    Pattern.compile("\t"),
                    Pattern.compile("ExcerptAppender\\.pretouch|createPretoucher"));

    @Test
    void shouldKeepFilesShort() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : javaFiles()) {
            int lines = Files.readAllLines(file).size();
            if (lines > LONG_FILES.getOrDefault(file.toString(), FILE_LINE_LIMIT)) {
                found.add(file + ": " + lines + " lines");
            }
        }
        assertEquals(List.of(), found, "split these files");
    }

    @Test
    void shouldKeepMethodsShort() throws IOException {
        assertEquals(List.of(), longMethods(javaFiles()), "split these methods");
    }

    @Test
    void shouldNotUseBannedWords() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : javaFiles()) {
            if (file.endsWith("TidyTest.java")) {
                continue;
            }
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                for (Pattern banned : BANNED) {
                    if (banned.matcher(lines.get(i)).find()) {
                        found.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
                    }
                }
            }
        }
        assertEquals(List.of(), found, "not in this house");
    }

    @Test
    void shouldDescribeEveryPackage() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> packages = Files.list(Path.of("src/main/java/org/pfsyncd"))) {
            packages.filter(path -> !Files.exists(path.resolve("package-info.java")))
                    .forEach(path -> found.add(path.toString()));
        }
        assertEquals(List.of(), found, "a package says what it owns and which thread runs it");
    }

    private static List<Path> javaFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String root :
                List.of(
                        "src/main/java",
                        "src/test/java",
                        "bench/java",
                        "bench/jmh/java",
                        "bench/compare/java")) {
            if (root.startsWith("src") || Files.exists(Path.of(root))) {
                try (Stream<Path> tree = Files.walk(Path.of(root))) {
                    tree.filter(path -> path.toString().endsWith(".java")).forEach(files::add);
                }
            }
        }
        return files;
    }

    private static List<String> longMethods(List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> found = new ArrayList<>();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    diagnostic -> {},
                                    null,
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new MethodLengths(unit, positions, found).scan(unit, null);
            }
        }
        return found;
    }

    private static final class MethodLengths extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;

        MethodLengths(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            if (method.getBody() != null) {
                long first = line(positions.getStartPosition(unit, method.getBody()));
                long lines = line(positions.getEndPosition(unit, method.getBody())) - first - 1;
                if (lines > METHOD_LINE_LIMIT) {
                    found.add(
                            unit.getSourceFile().getName()
                                    + " "
                                    + method.getName()
                                    + ": "
                                    + lines
                                    + " lines");
                }
            }
            return super.visitMethod(method, null);
        }

        private long line(long position) {
            return unit.getLineMap().getLineNumber(position);
        }
    }
}
