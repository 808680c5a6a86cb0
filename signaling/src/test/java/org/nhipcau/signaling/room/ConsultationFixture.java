// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.live.LiveConsultations;
import org.nhipcau.signaling.live.LiveMetrics;
import org.nhipcau.signaling.live.MemoryAttendance;
import org.nhipcau.signaling.live.MemoryJournal;
import org.nhipcau.signaling.live.SampleConsultation;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.token.Grants;

/** A consultation's room with clients of every role: domain and room are the real ones, the rest is not. */
final class ConsultationFixture {
    private static final long SEED = 4_054;

    final MemoryJournal journal;
    final MemoryAttendance attendance = new MemoryAttendance();
    final CallFixture call;
    final ConsultationService service;
    final SampleConsultation sample;
    final Map<Role, FakeClient> clients = new EnumMap<>(Role.class);
    LiveConsultations live;
    private ConsultationService made;

    /** @param directory for what the store cannot take */
    ConsultationFixture(Path directory) {
        this(directory, null);
    }

    /** @param before a process that is gone, of which the journal and the directory are left; or null */
    ConsultationFixture(Path directory, ConsultationFixture before) {
        journal = before == null ? new MemoryJournal() : before.journal;
        call = new CallFixture(CallFixture.config(true, false, 8, 100, 20), fixture -> {
            InstantSource clock = () -> Instant.ofEpochMilli(fixture.clock.epochMs());
            made = new ConsultationService(journal, clock, new Random(SEED), fault -> {
                throw fault;
            });
            try {
                live = new LiveConsultations(made, attendance, false, directory.resolve("spool"), clock,
                        LiveMetrics.NONE, Runnable::run);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return live;
        });
        service = made;
        sample = before == null ? new SampleConsultation(service, new Random(SEED + 1))
                : new SampleConsultation(service, before.sample);
    }

    JoinAttempt attempt(Role role) {
        return attempt(sample.of(role), "", Map.of(), CallFixture.request().build());
    }

    JoinAttempt attempt(String identity, String name, Map<String, String> attributes, JoinRequest request) {
        return new JoinAttempt(new Grants("key", identity, name, "", attributes, "", 0, 9_999_999_999L, "", "", "",
                sample.video()), request, false);
    }

    /** Comes in, media up. */
    FakeClient join(Role role) {
        FakeClient client = call.connect(attempt(role));
        clients.put(role, client);
        if (client.join != null) {
            client.connected();
            settle();
        }
        return client;
    }

    /** Why somebody is turned away before the socket opens; empty: is not. */
    String refusal(JoinAttempt attempt) {
        try {
            call.registry.check(attempt);
            return "";
        } catch (JoinRefusedException refused) {
            return refused.status() + " " + refused.getMessage().split(":")[0];
        }
    }

    void settle() {
        call.settle(clients.values().toArray(FakeClient[]::new));
    }

    String publish(Role role, TrackSource source) {
        String sid = clients.get(role).publish(source, "cid-" + role + source);
        settle();
        return sid;
    }

    /** Publishes, with heartbeats that say it is covered. */
    String publishCovered(Role role) {
        String sid = publish(role, TrackSource.CAMERA);
        beat(role, sid, 1, 1, "whole");
        settle();
        return sid;
    }

    void beat(Role role, String trackSid, long epoch, long seq, String state) {
        clients.get(role).send(request -> request.setUpdateMetadata(UpdateParticipantMetadata.newBuilder()
                .setRequestId(1).putAttributes("nhipcau.proof." + trackSid, "{\"epoch\":" + epoch + ",\"seq\":" + seq
                        + ",\"mode\":\"cover\",\"state\":\"" + state + "\",\"in\":9,\"out\":9,\"covered\":0,"
                        + "\"whole\":9,\"lastDetectAgeMs\":5}")));
    }

    /** The media node says what became of a track's proof. */
    void gate(Role publisher, String trackSid, GateState state, GateReason reason) {
        ProducerParameters producer = producer(publisher, trackSid);
        call.media.emit(new MediaEvent.GateChanged(clients.get(publisher).roomId(), trackSid,
                producer.gate().policyId(), producer.gate().epoch(), state, reason, 0));
    }

    ProducerParameters producer(Role role, String trackSid) {
        FakeMediaServer.Peer peer = clients.get(role).sending();
        return peer == null ? null : peer.producers.get(trackSid);
    }

    ConsumerParameters consumer(Role viewer, String trackSid) {
        FakeMediaServer.Peer peer = clients.get(viewer).receiving();
        return peer == null ? null : peer.consumers.get(trackSid);
    }

    /** Whether the node would forward the track, proven or not: a packet may pass. */
    boolean mayFlow(Role viewer, Role publisher, String trackSid, boolean proven) {
        ProducerParameters producer = producer(publisher, trackSid);
        ConsumerParameters consumer = consumer(viewer, trackSid);
        if (producer == null || consumer == null) {
            return false;
        }
        GateAccess access = producer.gate().access();
        return access == GateAccess.ALL || consumer.cleared() || access == GateAccess.PROVEN && proven;
    }

    /** What a viewer was told of somebody last; null when it knows of nobody. */
    ParticipantInfo seen(Role viewer, Role subject) {
        FakeClient other = clients.get(subject);
        return clients.get(viewer).known.get(other.sid());
    }

    boolean announced(Role viewer, Role subject, String trackSid) {
        ParticipantInfo info = seen(viewer, subject);
        return info != null && info.getTracksList().stream().anyMatch(track -> track.getSid().equals(trackSid));
    }

    String face(Role viewer, Role subject, String trackSid) {
        ParticipantInfo info = seen(viewer, subject);
        return info == null ? null : info.getAttributesMap().get("nhipcau.face." + trackSid);
    }

    String seat(Role role) {
        FakeClient client = clients.get(role);
        ParticipantInfo self = client.known.getOrDefault(client.sid(), client.join.getParticipant());
        return self.getAttributesMap().get("nhipcau.seat");
    }

    void checkSound() {
        call.checkSound();
    }
}
