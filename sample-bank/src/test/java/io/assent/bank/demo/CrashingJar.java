package io.assent.bank.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** An executable jar with one library more in it: the named points at which its process can be made to die. */
final class CrashingJar {

    private CrashingJar() {}

    /** Writes a copy of the executable jar that also holds the library. */
    static void write(Path executable, Path library, Path copy) throws IOException {
        try (ZipFile original = new ZipFile(executable.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(copy))) {
            var entries = original.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                out.putNextEntry(sameAs(entry));
                try (InputStream content = original.getInputStream(entry)) {
                    content.transferTo(out);
                }
                out.closeEntry();
            }
            byte[] content = Files.readAllBytes(library);
            out.putNextEntry(stored("BOOT-INF/lib/" + library.getFileName(), content));
            out.write(content);
            out.closeEntry();
        }
    }

    /** Libraries in an executable jar must not be compressed: they stay as they are. */
    private static ZipEntry sameAs(ZipEntry entry) {
        ZipEntry same = new ZipEntry(entry.getName());
        same.setMethod(entry.getMethod());
        if (entry.getMethod() == ZipEntry.STORED) {
            same.setSize(entry.getSize());
            same.setCrc(entry.getCrc());
        }
        return same;
    }

    private static ZipEntry stored(String name, byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        return entry;
    }
}
