package io.assent.protocol.simulation;
import java.nio.file.*;
public class DevGolden {
    public static void main(String[] a) throws Exception {
        var m = GoldenTraceTest.class.getDeclaredMethod("play", GoldenTraceTest.Story.class); m.setAccessible(true);
        for (var s : GoldenTraceTest.stories().toList()) { System.out.println("=== " + s);
            for (Object l : (java.util.List<?>) m.invoke(null, s)) System.out.println(l); }
    }
}
