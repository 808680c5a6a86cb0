// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nhipcau.bench.swarm.media.StreamFigures;
import org.nhipcau.bench.swarm.media.VideoShape;

/** Real clients against a real server in a process of its own: they connect, media flows whole, nothing is foreign. */
@Timeout(120)
final class SwarmTest {
    private static final long SEED = 42;
    private static final long WAIT_S = 30;
    private static ServerProcess server;

    @BeforeAll
    static void startServer() throws Exception {
        server = ServerProcess.start();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @Test
    void shouldBringEveryTrackOfTheRoomAndOfNoOther() throws Exception {
        try (Swarm swarm = new Swarm(server.address(), 1, SEED)) {
            List<SwarmClient> clients = new ArrayList<>();
            for (int room = 0; room < 2; room++) {
                for (int i = 0; i < 3; i++) {
                    ClientOptions options = i < 2
                            ? ClientOptions.publisher("room" + room, "client" + i, VideoShape.of("360p", true))
                            : ClientOptions.subscriber("room" + room, "client" + i);
                    clients.add(swarm.client(options));
                }
            }
            for (SwarmClient client : clients) {
                client.join().get(WAIT_S, TimeUnit.SECONDS);
            }
            for (SwarmClient client : clients) {
                int tracks = client.options().audio() ? 2 : 4;
                ClientFigures figures = await(client, f -> f.flowingTracks() == tracks && f.firstFrameMs() > 0
                        && f.sum(StreamFigures::packets) > 500);
                assertEquals(tracks, figures.expectedTracks());
            }
            clients.forEach(SwarmClient::stopSending);
            for (SwarmClient client : clients) {
                ClientFigures figures = await(client, f -> f.sum(StreamFigures::missingPackets) == 0);
                assertNull(figures.failure());
                assertEquals(0, figures.sum(StreamFigures::foreignBytes));
                assertEquals(0, figures.sum(StreamFigures::skippedPackets), figures::toString);
                assertEquals(0, figures.sum(StreamFigures::brokenFrames), figures::toString);
                assertEquals(0, figures.unknownPackets());
                assertEquals(0, figures.undecipherablePackets());
                assertTrue(figures.latency().count() > 0);
            }
        }
        assertEquals("", server.log());
    }

    private static ClientFigures await(SwarmClient client, Predicate<ClientFigures> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
        ClientFigures figures = client.figures().get(WAIT_S, TimeUnit.SECONDS);
        while (!condition.test(figures)) {
            assertTrue(System.nanoTime() < end, figures::toString);
            Thread.sleep(50);
            figures = client.figures().get(WAIT_S, TimeUnit.SECONDS);
        }
        return figures;
    }
}
