package io.assent.protocol.simulation;
import java.util.*;
public class DevMutants {
    public static void main(String[] a) throws Exception {
        long from = Long.parseLong(a[0]); long count = Long.parseLong(a[1]); int events = Integer.parseInt(a[2]);
        var pool = java.util.concurrent.Executors.newFixedThreadPool(2);
        List<java.util.concurrent.Future<String>> fs = new ArrayList<>();
        for (Mutant m : Mutant.values()) {
            if (a.length > 3 && !Arrays.asList(a).contains(m.name())) continue;
            fs.add(pool.submit(() -> {
                long t = System.nanoTime();
                Map<String,Integer> by = new TreeMap<>(); long first = -1; int caught = 0;
                for (long seed = from; seed < from + count; seed++) {
                    try { var o = Runs.run(seed, m.seams(), events); if (o.failure() != null) throw o.failure(); }
                    catch (Violation v) { caught++; by.merge(v.invariant(), 1, Integer::sum); if (first < 0) first = seed; }
                    catch (RuntimeException e) { by.merge(e.toString().length() > 80 ? e.toString().substring(0,80) : e.toString(), 1, Integer::sum); if (first < 0) first = seed; }
                }
                return m + " caught in " + caught + " of " + count + ", first " + first + " " + by + " " + (System.nanoTime() - t) / 1000000 + " ms";
            }));
        }
        for (var f : fs) System.out.println(f.get());
        pool.shutdown();
    }
}
