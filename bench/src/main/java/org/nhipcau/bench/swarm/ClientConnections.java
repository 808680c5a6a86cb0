// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalTarget;
import livekit.LivekitRtc.TrickleRequest;
import org.nhipcau.bench.swarm.PublishingConnection.Track;
import org.nhipcau.bench.swarm.media.LatencyHistogram;
import org.nhipcau.bench.swarm.media.StreamFigures;
import org.nhipcau.bench.swarm.signal.SdpTransport;
import org.nhipcau.bench.swarm.transport.ClientTransport;
import org.nhipcau.bench.swarm.transport.SocketLoop;
import org.nhipcau.bench.swarm.transport.TransportListener;

/**
 * The two connections of one client, the one it sends on and the one it receives on: each is made when it is first
 * needed, and both are timed, closed and counted together.
 *
 * <p>Thread: the client's loop. Owns: both connections.
 */
final class ClientConnections {
    private final Swarm swarm;
    private final SocketLoop loop;
    private final Random random;
    private final RoomView view;
    private final Consumer<SignalRequest> signal;
    private final Consumer<String> failed;
    private final Runnable timerSet;
    private PublishingConnection sending;
    private ReceivingConnection receiving;

    /**
     * @param signal takes what the connections have to say to the server
     * @param failed is told why one of them cannot go on
     * @param timerSet is told that {@link #onTime} is due earlier
     */
    ClientConnections(Swarm swarm, SocketLoop loop, Random random, RoomView view, Consumer<SignalRequest> signal,
            Consumer<String> failed, Runnable timerSet) {
        this.swarm = swarm;
        this.loop = loop;
        this.random = random;
        this.view = view;
        this.signal = signal;
        this.failed = failed;
        this.timerSet = timerSet;
    }

    PublishingConnection sending() {
        if (sending == null) {
            try {
                sending = new PublishingConnection(this::transport, random, signal, failed, timerSet);
            } catch (IOException e) {
                throw new UncheckedIOException("no socket for a client", e);
            }
        }
        return sending;
    }

    ReceivingConnection receiving() {
        if (receiving == null) {
            try {
                receiving = new ReceivingConnection(this::transport, signal, failed, timerSet, view::canary);
            } catch (IOException e) {
                throw new UncheckedIOException("no socket for a client", e);
            }
        }
        return receiving;
    }

    private ClientTransport transport(TransportListener listener) throws IOException {
        return new ClientTransport(loop, swarm.localAddress(), swarm.certificate(), random, listener);
    }

    /** A candidate of the server. */
    void onTrickle(TrickleRequest trickle) {
        SdpTransport.trickled(trickle.getCandidateInit()).ifPresent(address -> {
            ClientTransport transport = trickle.getTarget() == SignalTarget.SUBSCRIBER
                    ? receiving().transport() : sending().transport();
            transport.addCandidate(address, System.nanoTime());
        });
    }

    /** Tracks of others begin or cease to flow, as the room is seen now. */
    void tellInterruptions() {
        if (receiving != null) {
            long nowNs = System.nanoTime();
            view.forEachTrack((sid, flows) -> receiving.interrupt(sid, !flows, nowNs));
        }
    }

    /** Stops sending media; what was sent can still be repaired. */
    void pause() {
        if (sending != null) {
            sending.pause();
        }
    }

    /** Runs what is due. @return the next deadline in ns */
    long onTime(long nowNs) {
        long sendNs = sending == null ? Long.MAX_VALUE : sending.onTime(nowNs);
        long receiveNs = receiving == null ? Long.MAX_VALUE : receiving.onTime(nowNs);
        return Math.min(sendNs, receiveNs);
    }

    void close() {
        if (sending != null) {
            sending.close();
        }
        if (receiving != null) {
            receiving.close();
        }
    }

    /** The client's own tracks, those included that are not sent any more. */
    List<Track> ownTracks() {
        return sending == null ? List.of() : sending.tracks();
    }

    /** Whether everything that can be repaired is. */
    boolean isSettled() {
        return receiving == null || receiving.isSettled();
    }

    /**
     * What was seen so far.
     *
     * @param failure why the client could not go on; null: it could
     * @param calledNs when it began to join: times are since then
     * @param answeredNs when the server let it in; 0: not yet
     */
    ClientFigures figures(ClientOptions options, String failure, long calledNs, long answeredNs) {
        Map<String, List<StreamFigures>> streams = receiving == null ? Map.of() : receiving.streams();
        Set<String> expected = options.subscribe() ? view.flowingTracks() : Set.of();
        int flowing = (int) expected.stream().filter(sid -> streams.getOrDefault(sid, List.of()).stream()
                .anyMatch(stream -> stream.packets() > 0)).count();
        long firstFrameNs = streams.values().stream().flatMap(List::stream).filter(StreamFigures::video)
                .mapToLong(StreamFigures::firstFrameNs).filter(ns -> ns != 0).min().orElse(0);
        long sendConnectedNs = sending == null ? 0 : sending.connectedNs();
        long receiveConnectedNs = receiving == null ? 0 : receiving.connectedNs();
        long connectedNs = sendConnectedNs == 0 || receiveConnectedNs == 0
                ? Math.max(sendConnectedNs, receiveConnectedNs) : Math.min(sendConnectedNs, receiveConnectedNs);
        List<Track> tracks = ownTracks().stream().filter(track -> track.sender() != null).toList();
        return new ClientFigures(options.room(), options.identity(), failure, sinceMs(calledNs, answeredNs),
                sinceMs(calledNs, connectedNs), sinceMs(calledNs, receiving == null ? 0 : receiving.firstMediaNs()),
                sinceMs(calledNs, firstFrameNs), tracks.stream().mapToLong(track -> track.sender().packets()).sum(),
                tracks.stream().mapToLong(track -> track.sender().retransmitted()).sum(),
                tracks.stream().mapToLong(track -> track.sender().asked()).sum(),
                sending == null ? 0 : sending.feedbackLost(),
                receiving == null ? 0 : receiving.transport().counters().rtpIn(),
                receiving == null ? 0 : receiving.transport().counters().bytesIn(),
                undecipherable(), receiving == null ? 0 : receiving.unknownPackets(), failedSends(), expected.size(),
                flowing, streams, receiving == null ? new LatencyHistogram() : receiving.latency());
    }

    private long undecipherable() {
        return (sending == null ? 0 : sending.transport().counters().undecipherable())
                + (receiving == null ? 0 : receiving.transport().counters().undecipherable());
    }

    private long failedSends() {
        return (sending == null ? 0 : sending.transport().failedSends())
                + (receiving == null ? 0 : receiving.transport().failedSends());
    }

    private static double sinceMs(long fromNs, long timeNs) {
        return timeNs == 0 ? Double.NaN : (timeNs - fromNs) / 1e6;
    }
}
