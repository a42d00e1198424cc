package io.assent.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys.ThreadPool;
import org.apache.ratis.util.ConcurrentUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's pools, made as the engine makes them. */
class EngineSettingsTest {

    private static final int BURST = 100;
    private static final int THREADS = 4;

    private final RaftProperties settings =
            EngineSettings.of(LogCluster.properties(Map.of()), new Topology.Peer("n1", "127.0.0.1:1"));

    private ThreadPoolExecutor pool(String name) {
        return (ThreadPoolExecutor)
                (name.equals("server")
                        ? ConcurrentUtils.newThreadPoolWithMax(
                                ThreadPool.serverCached(settings), ThreadPool.serverSize(settings), name)
                        : ConcurrentUtils.newThreadPoolWithMax(
                                ThreadPool.clientCached(settings), ThreadPool.clientSize(settings), name));
    }

    /** One thread would make everything wait for a hand-over of leadership; one for each task has no bound. */
    @ParameterizedTest
    @ValueSource(strings = {"server", "client"})
    void aBurstMakesAsManyThreadsAsAGroupMayHave(String name) throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(THREADS);
        CountDownLatch end = new CountDownLatch(1);
        try (ThreadPoolExecutor pool = pool(name)) {
            for (int i = 0; i < BURST; i++) {
                var unused = pool.submit(() -> {
                    busy.countDown();
                    end.await();
                    return null;
                });
            }
            boolean allAtWork = busy.await(60, TimeUnit.SECONDS);
            int largest = pool.getLargestPoolSize();
            end.countDown();

            assertThat(allAtWork).isTrue();
            assertThat(largest).isEqualTo(THREADS);
        }
    }
}
