// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

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
import livekit.LivekitRtc.TrackPublishedResponse;
import livekit.LivekitRtc.UpdateSubscription;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.nhipcau.bench.swarm.PublishingConnection.Track;
import org.nhipcau.bench.swarm.media.Canary;
import org.nhipcau.bench.swarm.media.VideoShape;
import org.nhipcau.bench.swarm.signal.SignalLink;
import org.nhipcau.bench.swarm.transport.SocketLoop;

/**
 * One participant: joins a room, sends what it is told to, receives what the room has, and keeps count.
 *
 * <p>Thread: public methods any; everything else on the loop. Owns: its signaling and its {@link ClientConnections}.
 */
public final class SwarmClient implements AutoCloseable {
    private static final long PING_NS = 5_000_000_000L;

    private final Swarm swarm;
    private final SocketLoop loop;
    private final ClientOptions options;
    private final RoomView view;
    private final SocketLoop.TimerTask task = this::onTime;
    private final CompletableFuture<SwarmClient> joined = new CompletableFuture<>();
    private final Map<String, CompletableFuture<String>> publishing = new HashMap<>();
    private SocketLoop.Timer timer;
    private final SignalLink link;
    private final ClientConnections connections;
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
        this.view = new RoomView(options.room(), options.identity());
        this.connections = new ClientConnections(swarm, loop, new Random(seed), view,
                request -> send(request.toBuilder()), this::fail, this::setTimer);
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
        loop.execute(() -> connections.ownTracks().stream()
                .filter(track -> track.sid.equals(trackSid) && track.isActive()).findFirst()
                .ifPresent(connections.sending()::removeTrack));
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
            connections.tellInterruptions();
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
            connections.tellInterruptions();
            send(SignalRequest.newBuilder().setTrackSetting(settings.addTrackSids(trackSid)));
        });
    }

    /** Offers once more without a change. */
    public void renegotiate() {
        loop.execute(() -> connections.sending().offer());
    }

    /** Stops sending media but stays, so that what is on its way can still arrive and be repaired. */
    public void stopSending() {
        loop.execute(connections::pause);
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
        return onLoop(() -> connections.figures(options, failure, calledNs, answeredNs));
    }

    /** Sids of the tracks of others that it knows of and has not given up. */
    public CompletableFuture<Set<String>> tracks() {
        return onLoop(view::wantedTracks);
    }

    /** Sids of its own tracks. */
    public CompletableFuture<List<String>> ownTracks() {
        return onLoop(() -> connections.ownTracks().stream().filter(Track::isActive)
                .map(track -> track.sid).filter(sid -> !sid.isEmpty()).toList());
    }

    /** Whether everything that can be repaired is. */
    public CompletableFuture<Boolean> isSettled() {
        return onLoop(connections::isSettled);
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
                connections.tellInterruptions();
            }
            case TRACK_PUBLISHED -> onPublished(message.getTrackPublished());
            case ANSWER -> connections.sending().onAnswer(message.getAnswer());
            case OFFER -> connections.receiving().onOffer(message.getOffer());
            case TRICKLE -> connections.onTrickle(message.getTrickle());
            case LEAVE -> fail("the server ended the session: " + message.getLeave().getReason());
            case REQUEST_RESPONSE -> onRequestResponse(message);
            default -> { }
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
            connections.sending().offer();
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
        connections.sending().addTrack(cid, name, shape, new Canary(options.room(), options.identity(), name));
        publishing.put(cid, published);
        send(SignalRequest.newBuilder().setAddTrack(TrackRequest.of(cid, name, shape)));
    }

    private void onPublished(TrackPublishedResponse response) {
        for (Track track : connections.sending().tracks()) {
            if (track.cid.equals(response.getCid()) && track.sid.isEmpty()) {
                track.sid = response.getTrack().getSid();
                connections.sending().offer();
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
        return Math.min(nextPingNs, connections.onTime(nowNs));
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
        connections.close();
        link.close();
        joined.completeExceptionally(new IllegalStateException("the client has left"));
    }
}
