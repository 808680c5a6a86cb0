// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.nhipcau.bench.swarm.ClientFigures;
import org.nhipcau.bench.swarm.ClientOptions;
import org.nhipcau.bench.swarm.ServerProcess;
import org.nhipcau.bench.swarm.Swarm;
import org.nhipcau.bench.swarm.SwarmClient;
import org.nhipcau.bench.swarm.media.StreamFigures;

/**
 * A server of our own with clients in its rooms, to which more are added step by step.
 *
 * <p>Thread: one. Owns: the server and the swarm.
 */
final class RoomLoad implements AutoCloseable {
    private static final long JOIN_S = 60;
    private static final int JOINS_AT_ONCE = 10;

    private final ServerProcess server;
    private final Swarm swarm;
    private final ServerProbe probe;
    private final List<SwarmClient> clients = new ArrayList<>();

    RoomLoad(ServerProcess server, long seed) throws java.io.IOException {
        this.server = server;
        this.swarm = new Swarm(server.address(), 1, seed);
        this.probe = new ServerProbe(server);
    }

    ServerProbe probe() {
        return probe;
    }

    ServerProcess server() {
        return server;
    }

    /** Lets clients join, some at a time, and waits until each receives all that it should. */
    void join(List<ClientOptions> wanted) throws Exception {
        for (int from = 0; from < wanted.size(); from += JOINS_AT_ONCE) {
            List<CompletableFuture<SwarmClient>> calls = new ArrayList<>();
            for (ClientOptions options : wanted.subList(from, Math.min(wanted.size(), from + JOINS_AT_ONCE))) {
                calls.add(swarm.client(options).join());
            }
            for (CompletableFuture<SwarmClient> call : calls) {
                clients.add(call.get(JOIN_S, TimeUnit.SECONDS));
            }
        }
        awaitFlow();
    }

    /** Lets the clients leave that joined last. */
    void leave(int count) throws Exception {
        List<SwarmClient> leaving = clients.subList(clients.size() - count, clients.size());
        for (SwarmClient client : leaving) {
            client.leave().get(JOIN_S, TimeUnit.SECONDS);
            swarm.forget(client);
        }
        leaving.clear();
    }

    private void awaitFlow() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(JOIN_S);
        for (SwarmClient client : clients) {
            ClientFigures figures = client.figures().get(JOIN_S, TimeUnit.SECONDS);
            while (figures.failure() != null || figures.flowingTracks() < figures.expectedTracks()) {
                if (figures.failure() != null || System.nanoTime() - end > 0) {
                    throw new TimeoutException("a client does not receive all its tracks: "
                            + (figures.failure() != null ? figures.failure()
                                    : figures.flowingTracks() + " of " + figures.expectedTracks()));
                }
                TimeUnit.MILLISECONDS.sleep(100);
                figures = client.figures().get(JOIN_S, TimeUnit.SECONDS);
            }
        }
    }

    /** Bytes of another room, or of another track, that any client got so far. */
    long foreignBytes() throws Exception {
        long sum = 0;
        for (SwarmClient client : clients) {
            sum += client.figures().get(JOIN_S, TimeUnit.SECONDS).sum(StreamFigures::foreignBytes);
        }
        return sum;
    }

    int clients() {
        return clients.size();
    }

    @Override
    public void close() throws java.io.IOException {
        try (server) {
            swarm.close();
        }
    }
}
