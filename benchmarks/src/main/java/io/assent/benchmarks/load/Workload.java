package io.assent.benchmarks.load;

/** One kind of work that is done again and again, by many callers at once. */
public interface Workload {

    /**
     * Does it once and returns when it has ended, well or not; never throws.
     *
     * @param number which one it is, from 0
     */
    Attempt attempt(long number);
}
