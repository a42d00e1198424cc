package io.assent.protocol.simulation;
import java.util.*;
public class Dev {
    public static void main(String[] a) {
        long from = Long.parseLong(a[0]); long count = Long.parseLong(a[1]); int events = a.length > 2 ? Integer.parseInt(a[2]) : 3000;
        long start = System.nanoTime(); long total = 0; long virt = 0;
        Map<String,Integer> moments = new TreeMap<>(), failures = new TreeMap<>();
        int shown = 0;
        for (long seed = from; seed < from + count; seed++) {
            Simulation s = Runs.of(seed, new Seams(), count == 1);
            try {
                Simulation.Result r = s.run(events);
                total += r.events(); virt += r.virtualMillis();
                r.moments().forEach((k, v) -> moments.merge(k, v, Integer::sum));
            } catch (RuntimeException e) {
                failures.merge(e instanceof Violation v ? v.invariant() : e.getClass().getName(), 1, Integer::sum);
                if (shown++ < 15) { String m = e.toString(); System.out.println("seed " + seed + ": " + (m.length() > 600 ? m.substring(0, 600) : m)); 
                if (!(e instanceof Violation)) e.printStackTrace(System.out); }
            }
            if (count == 1) for (var t : s.checker().transactions()) System.out.println("ID " + t.id + " " + s.name(t.id));
            if (count == 1) s.trace().lines().forEach(System.out::println);
        }
        if (count > 1) { moments.forEach((k, v) -> System.out.println(v + "  " + k)); }
        System.out.println(failures);
        System.out.println(total + " events, virtual s " + virt / 1000 + ", " + (System.nanoTime() - start) / 1_000_000 + " ms");
    }
}
