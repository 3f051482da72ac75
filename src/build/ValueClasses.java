import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import net.openhft.chronicle.values.ValueModel;

/**
 * Run by the build: compiles the classes that Chronicle Map would otherwise generate and compile in
 * each process at its first map, which costs a second or more of every start. Chronicle looks for a
 * class of this name before it makes one. Arguments: the directory for sources, that for classes.
 */
final class ValueClasses {
    private static final String VALUES = "net.openhft.chronicle.hash.VanillaGlobalMutableState";

    private ValueClasses() {}

    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        Class<?> values = Class.forName(VALUES);
        String name = values.getSimpleName() + ValueModel.$$NATIVE;
        Path source = Path.of(args[0], values.getPackageName().replace('.', '/'), name + ".java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, generate(values, name));
        compile(source, Path.of(args[1]));
        Class.forName(values.getPackageName() + "." + name);
    }

    /** The generator's only entrance is the one that compiles at once, so this takes the inner. */
    private static String generate(Class<?> values, String name)
            throws ReflectiveOperationException {
        Method generator =
                Class.forName("net.openhft.chronicle.values.Generators")
                        .getDeclaredMethod("generateNativeClass", ValueModel.class, String.class);
        generator.setAccessible(true);
        return (String) generator.invoke(null, ValueModel.acquire(values), name);
    }

    private static void compile(Path source, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of(
                            "-nowarn",
                            "-proc:none",
                            "-d",
                            classes.toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");
            if (!compiler.getTask(
                            null, files, null, options, null, files.getJavaFileObjects(source))
                    .call()) {
                throw new IOException("cannot compile " + source);
            }
        }
    }
}
