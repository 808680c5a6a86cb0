// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.UserPacket;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.nhipcau.sfu.api.DataChannel;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.SignalSink;

/**
 * A client that behaves like the SDKs do: answers offers, adds the sections it is asked for, checks what every client
 * checks (first message, complete updates, rising versions, introduction before media).
 */
final class FakeClient implements SignalSink {
    final CallFixture call;
    final JoinAttempt attempt;
    final List<SignalResponse> received = new ArrayList<>();
    private final List<DataPacket> messages = new ArrayList<>();
    final Map<String, ParticipantInfo> known = new LinkedHashMap<>();
    final Map<String, String> midToTrack = new LinkedHashMap<>();
    private final Set<String> introduced = new HashSet<>();
    private final Map<String, Integer> versions = new LinkedHashMap<>();
    private final List<String> sections = new ArrayList<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    ClientSession session;
    JoinResponse join;
    String token = "";
    boolean closed;
    boolean cooperative = true;
    int closeCode;
    int offers;
    int ufrag = 1;
    private String reliablePeer = "";
    private int heard;
    private int nextMid;
    private boolean busy;

    FakeClient(CallFixture call, JoinAttempt attempt) {
        this.call = call;
        this.attempt = attempt;
        if (attempt.singlePeerConnection()) {
            addSections(3, 3);
        }
    }

    void open() {
        session = call.registry.open(attempt, this);
        settle();
    }

    /** The same client on a new socket. */
    FakeClient resume() {
        FakeClient next = new FakeClient(call, new JoinAttempt(attempt.grants(), JoinRequest.newBuilder()
                .setClientInfo(attempt.request().getClientInfo())
                .setConnectionSettings(attempt.request().getConnectionSettings()).setReconnect(true)
                .setParticipantSid(sid()).build(), attempt.singlePeerConnection()));
        next.join = join;
        next.reliablePeer = reliablePeer;
        next.known.putAll(known);
        next.versions.putAll(versions);
        next.introduced.addAll(introduced);
        next.sections.clear();
        next.sections.addAll(sections);
        next.nextMid = nextMid;
        next.offers = offers;
        next.ufrag = ufrag + 1;
        next.midToTrack.putAll(midToTrack);
        next.session = call.registry.open(next.attempt, next);
        next.settle();
        if (attempt.singlePeerConnection() && !next.closed && !next.received.isEmpty()) {
            next.offer();
        }
        return next;
    }

    String sid() {
        return join.getParticipant().getSid();
    }

    String roomId() {
        return join.getRoom().getSid();
    }

    String peerId() {
        return sid() + (attempt.singlePeerConnection() ? ".s" : ".p");
    }

    /** The transport that brings tracks to this client, as the node has it. */
    FakeMediaServer.Peer receiving() {
        return call.media.peer(roomId(), sid() + (attempt.singlePeerConnection() ? ".s" : ".v"));
    }

    FakeMediaServer.Peer sending() {
        return call.media.peer(roomId(), peerId());
    }

    void addSections(int audio, int video) {
        for (int i = 0; i < audio; i++) {
            sections.add("recv:audio:" + nextMid++);
        }
        for (int i = 0; i < video; i++) {
            sections.add("recv:video:" + nextMid++);
        }
    }

    String description() {
        return "ufrag=u" + ufrag + " data" + (sections.isEmpty() ? "" : " " + String.join(" ", sections));
    }

    void send(Consumer<SignalRequest.Builder> fill) {
        SignalRequest.Builder request = SignalRequest.newBuilder();
        fill.accept(request);
        session.onMessage(request.build());
        settle();
    }

    int offer() {
        int id = ++offers;
        send(request -> request.setOffer(SessionDescription.newBuilder().setType("offer").setId(id)
                .setSdp(description())));
        return id;
    }

    void connected() {
        state(primaryId(), PeerState.CONNECTED, PeerFailure.NONE);
    }

    /** The transport by which it comes in. */
    String primaryId() {
        return join.getSubscriberPrimary() ? sid() + ".v" : peerId();
    }

    void state(String peerId, PeerState state, PeerFailure failure) {
        call.media.emit(new MediaEvent.PeerStateChanged(roomId(), peerId, state, failure));
        settle();
    }

    /** Announces and publishes a track; answers its id. */
    String publish(TrackSource source, String cid) {
        String sid = addTrack(source, cid);
        sections.add("send:" + nextMid++ + ":" + cid);
        offer();
        return sid;
    }

    /** Announces a track; answers its id, or null when it was refused. */
    String addTrack(TrackSource source, String cid) {
        int before = received.size();
        send(request -> request.setAddTrack(track(source, cid)));
        for (SignalResponse response : received.subList(before, received.size())) {
            if (response.hasTrackPublished()) {
                return response.getTrackPublished().getTrack().getSid();
            }
        }
        return null;
    }

    static AddTrackRequest.Builder track(TrackSource source, String cid) {
        boolean audio = source == TrackSource.MICROPHONE || source == TrackSource.SCREEN_SHARE_AUDIO;
        return AddTrackRequest.newBuilder().setCid(cid).setSource(source).setName("n-" + cid)
                .setType(audio ? TrackType.AUDIO : TrackType.VIDEO).setWidth(audio ? 0 : 1280)
                .setHeight(audio ? 0 : 720);
    }

    void unpublish(String cid) {
        sections.removeIf(section -> section.endsWith(":" + cid));
        offer();
    }

    void mute(String sid, boolean muted) {
        send(request -> request.setMute(MuteTrackRequest.newBuilder().setSid(sid).setMuted(muted)));
    }

    /** Its data channels open, on the transport that it has for them. */
    void channels() {
        reliablePeer = primaryId();
        for (DataChannel channel : DataChannel.values()) {
            call.media.emit(new MediaEvent.DataOpened(roomId(), primaryId(), channel));
        }
    }

    /** Sends a message over a data channel: on the only or the publishing transport, as clients do. */
    void say(DataChannel channel, DataPacket.Builder packet) {
        call.media.emit(new MediaEvent.DataReceived(roomId(), peerId(), channel, packet.build().toByteArray()));
    }

    void say(String text) {
        say(DataChannel.RELIABLE, packet(text));
    }

    static DataPacket.Builder packet(String text) {
        return DataPacket.newBuilder().setUser(UserPacket.newBuilder().setPayload(ByteString.copyFromUtf8(text)));
    }

    /** What came over its data channels, in order. */
    List<DataPacket> messages() {
        List<MediaCommand.SendData> sent = call.media.sent(MediaCommand.SendData.class);
        for (MediaCommand.SendData each : sent.subList(heard, sent.size())) {
            if (each.peerIds().contains(reliablePeer)) {
                try {
                    messages.add(DataPacket.parseFrom(each.payload()));
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        heard = sent.size();
        return messages;
    }

    List<String> words() {
        return messages().stream().map(packet -> packet.getUser().getPayload().toStringUtf8()).toList();
    }

    void leave() {
        send(request -> request.setLeave(LeaveRequest.newBuilder()));
    }

    void dropSocket() {
        session.onClosed();
    }

    List<SignalResponse> of(MessageCase type) {
        return received.stream().filter(response -> response.getMessageCase() == type).toList();
    }

    /** What this client received last, for messages of failures. */
    String recent() {
        List<String> names = new ArrayList<>();
        for (SignalResponse response : received.subList(Math.max(0, received.size() - 40), received.size())) {
            names.add(response.getMessageCase() + (response.hasOffer() ? response.getOffer().getId()
                    + response.getOffer().getMidToTrackIdMap().toString() : response.hasAnswer()
                    ? response.getAnswer().getId() + response.getAnswer().getMidToTrackIdMap().toString() : ""));
        }
        return (attempt.singlePeerConnection() ? "single " : "dual ") + attempt.grants().identity() + " " + names;
    }

    SignalResponse last(MessageCase type) {
        List<SignalResponse> all = of(type);
        return all.isEmpty() ? null : all.getLast();
    }

    int position(MessageCase type) {
        for (int i = 0; i < received.size(); i++) {
            if (received.get(i).getMessageCase() == type) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void send(SignalResponse message) {
        if (closed) {
            return;
        }
        if (received.isEmpty()) {
            check(message.hasJoin() || message.hasReconnect() || message.hasLeave(), "first message is "
                    + message.getMessageCase());
        }
        received.add(message);
        switch (message.getMessageCase()) {
            case JOIN -> joined(message.getJoin());
            case UPDATE -> message.getUpdate().getParticipantsList().forEach(this::update);
            case ANSWER -> {
                if (attempt.singlePeerConnection()) {
                    tracks(message.getAnswer().getMidToTrackIdMap());
                }
            }
            case OFFER -> {
                SessionDescription offer = message.getOffer();
                tracks(offer.getMidToTrackIdMap());
                afterwards.add(() -> send(request -> request.setAnswer(SessionDescription.newBuilder()
                        .setType("answer").setId(offer.getId()).setSdp(description()))));
            }
            case MEDIA_SECTIONS_REQUIREMENT -> {
                addSections(message.getMediaSectionsRequirement().getNumAudios(),
                        message.getMediaSectionsRequirement().getNumVideos());
                afterwards.add(this::offer);
            }
            case REFRESH_TOKEN -> token = message.getRefreshToken();
            default -> { }
        }
    }

    /** What the client does on its own after what it was sent; only between two calls of the server. */
    void settle() {
        if (busy) {
            return;
        }
        busy = true;
        while (!afterwards.isEmpty()) {
            Runnable next = afterwards.removeFirst();
            if (cooperative && !closed && session != null) {
                next.run();
            }
        }
        busy = false;
    }

    private void joined(JoinResponse response) {
        join = response;
        if (attempt.singlePeerConnection() && !attempt.request().hasPublisherOffer()) {
            afterwards.add(this::offer);
        }
        response.getOtherParticipantsList().forEach(this::update);
    }

    private void update(ParticipantInfo info) {
        boolean self = join != null && info.getSid().equals(sid());
        Integer before = versions.put(info.getSid(), info.getVersion());
        check(before == null || info.getVersion() >= before, "version of a participant fell");
        check(self || !info.getPermission().getHidden() || info.getState() == ParticipantInfo.State.DISCONNECTED,
                "a hidden participant was shown");
        if (info.getState() == ParticipantInfo.State.DISCONNECTED) {
            known.remove(info.getSid());
        } else {
            known.put(info.getSid(), info);
            info.getTracksList().forEach(track -> introduced.add(track.getSid()));
        }
    }

    private void tracks(Map<String, String> map) {
        midToTrack.clear();
        midToTrack.putAll(map);
        for (String trackSid : map.values()) {
            // It may have ended while the description was on its way; it must have been introduced.
            check(introduced.contains(trackSid), "a description carries a track that was not introduced");
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    @Override
    public void close(int code, String reason) {
        if (!closed) {
            closed = true;
            closeCode = code;
            if (session != null) {
                session.onClosed();
            }
        }
    }
}
