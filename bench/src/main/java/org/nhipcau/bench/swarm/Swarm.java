// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.nhipcau.bench.swarm.transport.SocketLoop;
import org.nhipcau.sfu.dtls.DtlsCertificate;

/**
 * Clients of one server, spread over a few threads.
 *
 * <p>All share one certificate: a handshake checks its fingerprint all the same, and making hundreds would measure the
 * swarm. Thread: any.
 */
public final class Swarm implements AutoCloseable {
    private static final long LEAVE_S = 10;

    private final ServerAddress server;
    private final InetAddress localAddress;
    private final long seed;
    private final List<SocketLoop> loops = new ArrayList<>();
    private final List<SwarmClient> clients = new ArrayList<>();
    private final DtlsCertificate certificate = DtlsCertificate.generate(new SecureRandom(), Instant.now());
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newBuilder().executor(executor).build();

    /**
     * @param threads that drive the clients; one serves some hundred thousand packets a second
     * @param seed of sizes, times and numbers; the same seed sends the same
     */
    public Swarm(ServerAddress server, int threads, long seed) throws IOException {
        this.server = server;
        this.localAddress = server.localAddress();
        this.seed = seed;
        for (int i = 0; i < threads; i++) {
            loops.add(new SocketLoop("swarm-" + i));
        }
    }

    /** A further client; {@link SwarmClient#join} is the caller's to call. */
    public synchronized SwarmClient client(ClientOptions options) {
        int number = clients.size();
        SwarmClient client = new SwarmClient(this, loops.get(number % loops.size()), options,
                // Neighbouring seeds of Random begin alike.
                (seed + number) * 0x9e37_79b9_7f4a_7c15L);
        clients.add(client);
        return client;
    }

    /** Takes a client that has left out of the list, so that a long run does not keep them all. */
    public synchronized void forget(SwarmClient client) {
        clients.remove(client);
    }

    /** All clients that were not forgotten. */
    public synchronized List<SwarmClient> clients() {
        return List.copyOf(clients);
    }

    /** The threads that drive the clients, to tell what the swarm itself costs. */
    public List<Thread> threads() {
        return loops.stream().map(SocketLoop::thread).toList();
    }

    ServerAddress server() {
        return server;
    }

    InetAddress localAddress() {
        return localAddress;
    }

    DtlsCertificate certificate() {
        return certificate;
    }

    HttpClient http() {
        return http;
    }

    /** All clients leave; waits for the threads. */
    @Override
    public void close() {
        for (SwarmClient client : clients()) {
            client.leave().completeOnTimeout(null, LEAVE_S, TimeUnit.SECONDS).join();
        }
        loops.forEach(SocketLoop::close);
        // Not close(): that waits for the WebSockets, of which one that vanished or lost its server never ends.
        http.shutdownNow();
        executor.shutdownNow();
    }
}
