package io.quotaguard.torture;

import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.RedisDurability;
import io.quotaguard.testbed.TcpProxy;
import io.quotaguard.torture.faults.Fault;
import java.util.concurrent.TimeUnit;

/** One server behind a network that fails. */
final class SingleRedis implements RedisBackend {
    private final EmbeddedRedis server;
    private final TcpProxy way;
    private final boolean keepsFile;

    private SingleRedis(EmbeddedRedis server, TcpProxy way, boolean keepsFile) {
        this.server = server;
        this.way = way;
        this.keepsFile = keepsFile;
    }

    /** @param keepsFile whether what was acknowledged is there again after a kill */
    static SingleRedis start(boolean keepsFile) {
        EmbeddedRedis server = EmbeddedRedis.start(RedisDurability.ALWAYS);
        return new SingleRedis(server, TcpProxy.inFrontOf("127.0.0.1", server.port()), keepsFile);
    }

    @Override
    public String uri() {
        return server.uri();
    }

    @Override
    public String throughNetwork() {
        return "redis://127.0.0.1:" + way.port();
    }

    @Override
    public void empty() {
        server.restartEmpty();
    }

    @Override
    public boolean canMake(Fault fault) {
        return true;
    }

    @Override
    public void make(Fault fault, int millis) throws InterruptedException {
        switch (fault) {
            case KILL_REDIS -> {
                server.kill();
                if (keepsFile) {
                    server.restart();
                } else {
                    server.restartEmpty();
                }
            }
            case PAUSE_REDIS -> {
                server.pause();
                TimeUnit.MILLISECONDS.sleep(millis);
                server.resume();
            }
            case CUT_REDIS -> way.cutAll();
            case LOSE_REPLY_REDIS -> way.cutNext(TcpProxy.Moment.BEFORE_REPLY_TO, "EVALSHA");
            case TEAR_REPLY_REDIS -> way.cutAfterReplyBytes(millis);
            case BLACK_HOLE_REDIS -> FaultMaker.blackHole(way, millis);
            default -> throw new IllegalArgumentException("no fault of Redis: " + fault);
        }
    }

    @Override
    public void close() {
        way.close();
        server.close();
    }
}
