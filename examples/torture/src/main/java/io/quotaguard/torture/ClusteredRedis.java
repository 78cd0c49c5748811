package io.quotaguard.torture;

import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisCluster;
import io.quotaguard.testbed.RedisDurability;
import io.quotaguard.torture.faults.Fault;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A cluster, whose nodes tell clients their own addresses: nothing can stand between, so replicas taking over are its faults. */
final class ClusteredRedis implements RedisBackend {
    private final RedisCluster cluster;
    private final Random random = new Random(0);

    private ClusteredRedis(RedisCluster cluster) {
        this.cluster = cluster;
    }

    static ClusteredRedis start() {
        return new ClusteredRedis(RedisCluster.startWithReplicas(RedisDurability.EVERY_SECOND));
    }

    @Override
    public String uri() {
        return Stores.CLUSTER + String.join(",", cluster.uris());
    }

    @Override
    public String throughNetwork() {
        return uri();
    }

    @Override
    public void empty() {
        cluster.masters().forEach(master -> master.ask("FLUSHALL"));
    }

    @Override
    public boolean canMake(Fault fault) {
        return fault.killsRedis() || fault == Fault.PAUSE_REDIS;
    }

    @Override
    public void make(Fault fault, int millis) throws InterruptedException {
        EmbeddedRedis master =
                cluster.masters().get(random.nextInt(cluster.masters().size()));
        if (fault == Fault.KILL_REDIS) {
            master.kill();
        } else {
            master.pause();
        }
        cluster.takeOver(master);
        TimeUnit.MILLISECONDS.sleep(millis);
        if (fault == Fault.KILL_REDIS) {
            master.restart();
        } else {
            master.resume();
        }
        cluster.awaitHealthy();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
