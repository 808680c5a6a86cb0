// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalTarget;
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.TrickleRequest;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.nhipcau.bench.swarm.PublishingConnection.Track;
import org.nhipcau.bench.swarm.media.Canary;
import org.nhipcau.bench.swarm.media.LatencyHistogram;
import org.nhipcau.bench.swarm.media.StreamFigures;
import org.nhipcau.bench.swarm.media.VideoShape;
import org.nhipcau.bench.swarm.signal.SdpTransport;
import org.nhipcau.bench.swarm.signal.SignalLink;
import org.nhipcau.bench.swarm.transport.ClientTransport;
import org.nhipcau.bench.swarm.transport.SocketLoop;
import org.nhipcau.bench.swarm.transport.TransportListener;

/**
 * One participant: joins a room, sends what it is told to, receives what the room has, and keeps count.
 *
 * <p>Thread: public methods any; everything else on the loop. Owns: its signaling and both connections.
 */
public final class SwarmClient implements AutoCloseable {
    private static final long PING_NS = 5_000_000_000L;

    private final Swarm swarm;
    private final SocketLoop loop;
    private final ClientOptions options;
    private final Random random;
    private final RoomView view;
    private final SocketLoop.TimerTask task = this::onTime;
    private final CompletableFuture<SwarmClient> joined = new CompletableFuture<>();
    private final Map<String, CompletableFuture<String>> publishing = new HashMap<>();
    private SocketLoop.Timer timer;
    private final SignalLink link;
    private PublishingConnection sending;
    private ReceivingConnection receiving;
    private String failure;
    private boolean left;
    private boolean joinAnswered;
    private long calledNs;
    private long answeredNs;
    private long nextPingNs = Long.MAX_VALUE;
    private int trackCount;

    SwarmClient(Swarm swarm, SocketLoop loop, ClientOptions options, long seed) {
        this.swarm = swarm;
        this.loop = loop;
        this.options = options;
        this.random = new Random(seed);
        this.view = new RoomView(options.room(), options.identity());
        this.link = new SignalLink(new SignalLink.Handler() {
            @Override
            public void onMessage(SignalResponse message) {
                loop.execute(() -> take(message));
            }

            @Override
            public void onClosed(String reason) {
                loop.execute(() -> fail("signaling: " + reason));
            }
        });
    }

    public ClientOptions options() {
        return options;
    }

    // --- what a caller may do; any thread ----------------------------------------------------------------------------

    /** Joins. @return this client when the server has let it in and its first tracks are announced */
    public CompletableFuture<SwarmClient> join() {
        calledNs = System.nanoTime();
        link.open(swarm.http(), swarm.server().join(options.subscribe()),
                swarm.server().token(options.room(), options.identity())).whenComplete((opened, refused) -> {
                    if (refused != null) {
                        Throwable cause = refused.getCause() == null ? refused : refused.getCause();
                        loop.execute(() -> fail("signaling: " + cause.getClass().getSimpleName() + ": "
                                + cause.getMessage()));
                    }
                });
        return joined;
    }

    /** Announces a microphone and sends it. @return the track's sid */
    public CompletableFuture<String> publishAudio() {
        return publish(null);
    }

    /** Announces a camera and sends it. @return the track's sid */
    public CompletableFuture<String> publishVideo(VideoShape shape) {
        return publish(shape);
    }

    private CompletableFuture<String> publish(VideoShape shape) {
        CompletableFuture<String> published = new CompletableFuture<>();
        loop.execute(() -> announce(shape, published));
        return published;
    }

    /** Ends a track of ours; renegotiates. */
    public void unpublish(String trackSid) {
        loop.execute(() -> sending().tracks().stream().filter(track -> track.sid.equals(trackSid) && track.isActive())
                .findFirst().ifPresent(sending()::removeTrack));
    }

    /** Mutes or unmutes a track of ours; its packets go on, as the protocol allows. */
    public void mute(String trackSid, boolean muted) {
        loop.execute(() -> send(SignalRequest.newBuilder()
                .setMute(MuteTrackRequest.newBuilder().setSid(trackSid).setMuted(muted))));
    }

    /** Subscribes to tracks of others, or gives them up. */
    public void subscribe(Set<String> trackSids, boolean wanted) {
        loop.execute(() -> {
            trackSids.forEach(sid -> view.unsubscribed(sid, !wanted));
            tellInterruptions();
            send(SignalRequest.newBuilder().setSubscription(UpdateSubscription.newBuilder()
                    .addAllTrackSids(trackSids).setSubscribe(wanted)));
        });
    }

    /** Says how large a video is shown: the server chooses the layer by it. */
    public void view(String trackSid, int width, int height) {
        settings(trackSid, false, UpdateTrackSettings.newBuilder().setWidth(width).setHeight(height));
    }

    /** Asks for a layer by its place. */
    public void view(String trackSid, VideoQuality quality) {
        settings(trackSid, false, UpdateTrackSettings.newBuilder().setQuality(quality));
    }

    /** Pauses a track that is not shown, or lets it flow again. */
    public void pause(String trackSid, boolean paused) {
        settings(trackSid, paused, UpdateTrackSettings.newBuilder().setDisabled(paused).setQuality(VideoQuality.HIGH));
    }

    private void settings(String trackSid, boolean paused, UpdateTrackSettings.Builder settings) {
        loop.execute(() -> {
            view.paused(trackSid, paused);
            tellInterruptions();
            send(SignalRequest.newBuilder().setTrackSetting(settings.addTrackSids(trackSid)));
        });
    }

    /** Offers once more without a change. */
    public void renegotiate() {
        loop.execute(() -> sending().offer());
    }

    /** Stops sending media but stays, so that what is on its way can still arrive and be repaired. */
    public void stopSending() {
        loop.execute(() -> {
            if (sending != null) {
                sending.pause();
            }
        });
    }

    /** Leaves as the protocol has it. Idempotent. */
    public CompletableFuture<Void> leave() {
        return onLoop(() -> {
            if (!left) {
                send(SignalRequest.newBuilder().setLeave(LeaveRequest.newBuilder()));
                end();
            }
            return null;
        });
    }

    /** Vanishes without a word, as a phone that loses its network does. */
    public CompletableFuture<Void> vanish() {
        return onLoop(() -> {
            left = true;
            link.abort();
            end();
            return null;
        });
    }

    /** What it saw so far. */
    public CompletableFuture<ClientFigures> figures() {
        return onLoop(this::collect);
    }

    /** Sids of the tracks of others that it knows of and has not given up. */
    public CompletableFuture<Set<String>> tracks() {
        return onLoop(view::wantedTracks);
    }

    /** Sids of its own tracks. */
    public CompletableFuture<List<String>> ownTracks() {
        return onLoop(() -> sending == null ? List.of() : sending.tracks().stream().filter(Track::isActive)
                .map(track -> track.sid).filter(sid -> !sid.isEmpty()).toList());
    }

    /** Whether everything that can be repaired is. */
    public CompletableFuture<Boolean> isSettled() {
        return onLoop(() -> receiving == null || receiving.isSettled());
    }

    /** Leaves. */
    @Override
    public void close() {
        leave();
    }

    private <T> CompletableFuture<T> onLoop(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(work.get());
            } catch (RuntimeException fault) {
                result.completeExceptionally(fault);
            }
        });
        return result;
    }

    // --- on the loop -------------------------------------------------------------------------------------------------

    private void send(SignalRequest.Builder request) {
        link.send(request.build());
    }

    private void take(SignalResponse message) {
        if (left) {
            return;
        }
        switch (message.getMessageCase()) {
            case JOIN -> onJoin(message.getJoin());
            case UPDATE -> {
                message.getUpdate().getParticipantsList().forEach(view::update);
                tellInterruptions();
            }
            case TRACK_PUBLISHED -> onPublished(message.getTrackPublished());
            case ANSWER -> sending().onAnswer(message.getAnswer());
            case OFFER -> receiving().onOffer(message.getOffer());
            case TRICKLE -> onTrickle(message.getTrickle());
            case LEAVE -> fail("the server ended the session: " + message.getLeave().getReason());
            case REQUEST_RESPONSE -> onRequestResponse(message);
            default -> { }
        }
    }

    private void tellInterruptions() {
        if (receiving != null) {
            long nowNs = System.nanoTime();
            view.forEachTrack((sid, flows) -> receiving.interrupt(sid, !flows, nowNs));
        }
    }

    private void onJoin(JoinResponse join) {
        joinAnswered = true;
        answeredNs = System.nanoTime();
        nextPingNs = answeredNs + PING_NS;
        join.getOtherParticipantsList().forEach(view::update);
        timer = loop.timer(task);
        timer.at(nextPingNs);
        List<CompletableFuture<String>> first = new ArrayList<>();
        if (options.audio()) {
            first.add(announced(null));
        }
        if (options.video() != null) {
            first.add(announced(options.video()));
        }
        if (first.isEmpty() && !join.getSubscriberPrimary()) {
            // The connection that the session hangs on is the one on which we would send.
            sending().offer();
        }
        CompletableFuture.allOf(first.toArray(CompletableFuture[]::new)).whenComplete((done, refused) -> {
            if (refused == null) {
                joined.complete(this);
            } else {
                joined.completeExceptionally(refused);
            }
        });
    }

    private CompletableFuture<String> announced(VideoShape shape) {
        CompletableFuture<String> published = new CompletableFuture<>();
        announce(shape, published);
        return published;
    }

    private void announce(VideoShape shape, CompletableFuture<String> published) {
        if (!joinAnswered || left) {
            published.completeExceptionally(new IllegalStateException("the client is not in a room"));
            return;
        }
        String name = (shape == null ? "audio" : "video") + ++trackCount;
        String cid = "swarm-" + name;
        sending().addTrack(cid, name, shape, new Canary(options.room(), options.identity(), name));
        publishing.put(cid, published);
        send(SignalRequest.newBuilder().setAddTrack(TrackRequest.of(cid, name, shape)));
    }

    private void onPublished(TrackPublishedResponse response) {
        for (Track track : sending().tracks()) {
            if (track.cid.equals(response.getCid()) && track.sid.isEmpty()) {
                track.sid = response.getTrack().getSid();
                sending().offer();
                CompletableFuture<String> published = publishing.remove(track.cid);
                if (published != null) {
                    published.complete(track.sid);
                }
            }
        }
    }

    private void onRequestResponse(SignalResponse message) {
        var response = message.getRequestResponse();
        if (response.hasAddTrack() && publishing.containsKey(response.getAddTrack().getCid())
                && response.getReason() != livekit.LivekitRtc.RequestResponse.Reason.OK
                && response.getReason() != livekit.LivekitRtc.RequestResponse.Reason.QUEUED) {
            publishing.remove(response.getAddTrack().getCid()).completeExceptionally(
                    new IllegalStateException("the server refuses the track: " + response.getReason()));
        }
    }

    private void onTrickle(TrickleRequest trickle) {
        SdpTransport.trickled(trickle.getCandidateInit()).ifPresent(address -> {
            ClientTransport transport = trickle.getTarget() == SignalTarget.SUBSCRIBER
                    ? receiving().transport() : sending().transport();
            transport.addCandidate(address, System.nanoTime());
        });
    }

    private PublishingConnection sending() {
        if (sending == null) {
            try {
                sending = new PublishingConnection(this::transport, random, this::sendNow, this::fail, this::setTimer);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("no socket for a client", e);
            }
        }
        return sending;
    }

    private ReceivingConnection receiving() {
        if (receiving == null) {
            try {
                receiving = new ReceivingConnection(this::transport, this::sendNow, this::fail, this::setTimer,
                        view::canary);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("no socket for a client", e);
            }
        }
        return receiving;
    }

    private ClientTransport transport(TransportListener listener) throws IOException {
        return new ClientTransport(loop, swarm.localAddress(), swarm.certificate(), random, listener);
    }

    private void sendNow(SignalRequest request) {
        send(request.toBuilder());
    }

    private void setTimer() {
        if (timer != null) {
            timer.at(System.nanoTime());
        }
    }

    private long onTime(long nowNs) {
        if (left) {
            return Long.MAX_VALUE;
        }
        if (nowNs >= nextPingNs) {
            send(SignalRequest.newBuilder()
                    .setPingReq(Ping.newBuilder().setTimestamp(System.currentTimeMillis())));
            nextPingNs = nowNs + PING_NS;
        }
        long next = nextPingNs;
        if (sending != null) {
            next = Math.min(next, sending.onTime(nowNs));
        }
        if (receiving != null) {
            next = Math.min(next, receiving.onTime(nowNs));
        }
        return next;
    }

    private void fail(String reason) {
        if (left || failure != null) {
            return;
        }
        failure = reason;
        joined.completeExceptionally(new IllegalStateException(reason));
        publishing.values().forEach(each -> each.completeExceptionally(new IllegalStateException(reason)));
        publishing.clear();
    }

    private void end() {
        left = true;
        if (timer != null) {
            timer.cancel();
        }
        if (sending != null) {
            sending.close();
        }
        if (receiving != null) {
            receiving.close();
        }
        link.close();
        joined.completeExceptionally(new IllegalStateException("the client has left"));
    }

    private ClientFigures collect() {
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
        List<Track> tracks = sending == null ? List.of()
                : sending.tracks().stream().filter(track -> track.sender() != null).toList();
        return new ClientFigures(options.room(), options.identity(), failure, sinceCallMs(answeredNs),
                sinceCallMs(connectedNs), sinceCallMs(receiving == null ? 0 : receiving.firstMediaNs()),
                sinceCallMs(firstFrameNs), tracks.stream().mapToLong(track -> track.sender().packets()).sum(),
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

    private double sinceCallMs(long timeNs) {
        return timeNs == 0 ? Double.NaN : (timeNs - calledNs) / 1e6;
    }
}
