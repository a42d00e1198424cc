package io.assent.bank.demo;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * An executable jar taken apart, with one library more and with an archive of its loaded classes: it starts with half
 * the work, which counts where a process is started dozens of times.
 *
 * @param jar what {@code java -jar} starts
 * @param archive what {@code -XX:SharedArchiveFile} names; Java goes on without it when it does not fit
 */
record QuickJar(Path jar, Path archive) {

    private static final long MINUTES = 2;

    /**
     * Writes it to a directory that does not exist yet.
     *
     * @param settings what it needs to start once, as properties of Java
     */
    static QuickJar write(Path executable, Path library, Path directory, List<String> settings) throws IOException {
        java(List.of(
                "-Djarmode=tools", "-jar", executable.toString(), "extract", "--destination", directory.toString()));
        Path jar = directory.resolve("crashing.jar");
        Path extracted = directory.resolve(executable.getFileName());
        Path beside = directory.resolve("lib").resolve(library.getFileName());
        Files.copy(library, beside);
        copyWith("lib/" + library.getFileName(), extracted, jar);
        Path archive = directory.resolve("classes.jsa");
        List<String> once = new ArrayList<>(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:ArchiveClassesAtExit=" + archive,
                "-Dspring.context.exit=onRefresh",
                "-Dserver.port=0"));
        once.addAll(settings);
        once.addAll(List.of("-jar", jar.toString()));
        java(once);
        return new QuickJar(jar, archive);
    }

    /** The option that has Java use the archive. */
    String archiveOption() {
        return "-XX:SharedArchiveFile=" + archive;
    }

    /** Copies a jar, with one entry more in the class path of its manifest. */
    private static void copyWith(String entry, Path original, Path copy) throws IOException {
        try (JarFile from = new JarFile(original.toFile())) {
            Manifest manifest = from.getManifest();
            manifest.getMainAttributes().merge(Attributes.Name.CLASS_PATH, entry, (path, one) -> path + " " + one);
            try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(copy), manifest)) {
                for (JarEntry each : from.stream().toList()) {
                    if (!each.getName().equals(JarFile.MANIFEST_NAME)) {
                        to.putNextEntry(new JarEntry(each.getName()));
                        try (InputStream content = from.getInputStream(each)) {
                            content.transferTo(to);
                        }
                        to.closeEntry();
                    }
                }
            }
        }
    }

    private static void java(List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(options);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new DemoException("After " + MINUTES + " minutes it still runs: " + command);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new DemoException("It ended with status " + process.exitValue() + ": " + command);
        }
    }
}
