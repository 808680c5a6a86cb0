// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import livekit.LivekitModels.TrackSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nhipcau.sfu.api.ConsumerParameters;
import org.nhipcau.sfu.api.GateAccess;
import org.nhipcau.sfu.api.GateReason;
import org.nhipcau.sfu.api.GateState;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.signaling.consultation.Consent;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.live.SampleConsultation;
import org.nhipcau.signaling.policy.FacePolicy;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;

/**
 * Whatever happens in whatever order: after each step the media node may forward nothing that the consultation does not
 * allow at that moment. The node's answers are held back at random, so that steps meet half-done negotiations.
 */
class ConsultationRaceTest {
    private static final int STEPS = 250;
    private static final List<Role> ROLES = List.of(Role.CHAIR, Role.EXPERT, Role.PRESENTING_DOCTOR, Role.PATIENT,
            Role.CAREGIVER, Role.TRAINEE, Role.RECORDER);
    private static final List<TrackSource> SOURCES = List.of(TrackSource.CAMERA, TrackSource.MICROPHONE,
            TrackSource.SCREEN_SHARE);

    @TempDir
    Path directory;
    private ConsultationFixture room;
    private Random random;
    private final Map<String, Role> publisherOf = new HashMap<>();
    private final Map<String, TrackSource> sourceOf = new HashMap<>();
    private final List<String> diary = new ArrayList<>();
    private int serial;
    private final Map<View, Integer> looked = new EnumMap<>(View.class);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void noOrderOfEventsLetsAPacketThroughThatMustNot(long seed) {
        random = new Random(seed);
        room = new ConsultationFixture(directory);
        room.sample.inSession();
        for (Role role : ROLES) {
            room.join(role);
        }
        for (int i = 0; i < STEPS; i++) {
            if (i % 10 == 9) {
                mend();
                check(seed);
            }
            step();
            check(seed);
        }
        room.call.media.release();
        room.settle();
        check(seed);
        room.checkSound();
        // Else the test would have looked at nothing.
        assertTrue(looked.getOrDefault(View.CLEAR, 0) > 100 && looked.getOrDefault(View.COVERED, 0) > 20,
                "seed " + seed + ": " + looked);
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private void step() {
        Role role = any(ROLES);
        int what = random.nextInt(100);
        diary.add(what + " " + role);
        if (what < 25) {
            publish(role);
        } else if (what < 35) {
            beat(role);
        } else if (what < 40) {
            gate();
        } else if (what < 48) {
            room.call.media.hold();
        } else if (what < 60) {
            room.call.media.release();
        } else if (what < 66) {
            room.settle();
        } else if (what < 70) {
            room.join(role);
        } else if (what < 73) {
            room.clients.get(role).leave();
        } else {
            command(role);
        }
    }

    /** Brings those back who were sent away, and all that makes media possible: else the room would soon be empty. */
    private void mend() {
        room.call.media.release();
        attempt(() -> room.sample.execute(new Approve(Set.copyOf(room.sample.now().list().keySet()))));
        attempt(() -> room.sample.execute(new RecordConsent(room.sample.of(Role.PATIENT), "t", "" + serial++,
                Consent.Means.PAPER)));
        attempt(() -> room.sample.execute(new Resume()));
        for (Role role : ROLES) {
            attempt(() -> room.sample.execute(new Admit(room.sample.of(role))));
            if (room.clients.get(role).closed) {
                room.join(role);
            }
        }
        publish(any(ROLES));
        publish(Role.PATIENT);
        beat(Role.PATIENT);
        room.settle();
    }

    private void attempt(Runnable command) {
        try {
            command.run();
        } catch (RefusedException notNow) {
            diary.add(notNow.code().id());
        }
    }

    private void publish(Role role) {
        FakeClient client = room.clients.get(role);
        if (!client.closed && client.join != null) {
            TrackSource source = any(SOURCES);
            String sid = client.publish(source, "c" + serial++);
            if (sid != null) {
                publisherOf.put(sid, role);
                sourceOf.put(sid, source);
            }
        }
    }

    private void beat(Role role) {
        for (String sid : List.copyOf(publisherOf.keySet())) {
            if (publisherOf.get(sid) == role && !room.clients.get(role).closed) {
                room.beat(role, sid, 1 + random.nextInt(2), ++serial, any(List.of("whole", "warming", "dead")));
            }
        }
    }

    private void gate() {
        for (String sid : publisherOf.keySet()) {
            Role role = publisherOf.get(sid);
            if (room.clients.get(role).join != null && room.producer(role, sid) != null) {
                room.gate(role, sid, any(List.of(GateState.values())), any(List.of(GateReason.values())));
            }
        }
    }

    private void command(Role role) {
        String who = room.sample.of(role);
        FacePolicy.Mode mode = any(List.of(FacePolicy.Mode.values()));
        try {
            room.sample.execute(switch (random.nextInt(11)) {
                case 0 -> new WithdrawConsent();
                case 1, 2 -> new RecordConsent(room.sample.of(Role.PATIENT), "t", "" + serial++, Consent.Means.PAPER);
                case 3 -> new Suspend("line");
                case 4, 5 -> new Resume();
                case 6 -> new Remove(who);
                case 7 -> new Admit(who);
                case 8 -> new Revoke(who);
                case 9 -> new Approve(Set.of(who));
                default -> new TightenFacePolicy(SampleConsultation.policy(FacePolicy.Mode.COVER, Set.of()));
            });
            if (random.nextInt(4) == 0) {
                room.sample.policy(Role.CHAIR, SampleConsultation.policy(mode,
                        random.nextBoolean() ? EnumSet.of(Role.EXPERT) : Set.of()));
            }
            if (random.nextInt(8) == 0) {
                room.sample.execute(new ChangeRole(room.sample.of(Role.EXPERT), any(List.of(Role.TRAINEE, Role.EXPERT,
                        Role.IT_TECHNICIAN))));
            }
        } catch (RefusedException notNow) {
            diary.add(notNow.code().id());
        }
    }

    private void check(long seed) {
        Consultation now = room.sample.now();
        for (Map<String, FakeMediaServer.Peer> peers : room.call.media.rooms.values()) {
            Map<String, String> identities = identities();
            for (FakeMediaServer.Peer viewer : peers.values()) {
                for (ConsumerParameters consumer : viewer.consumers.values()) {
                    for (FakeMediaServer.Peer publisher : peers.values()) {
                        ProducerParameters producer = publisher.producers.get(consumer.trackId());
                        if (producer != null) {
                            check(seed, now, identities.get(viewer.participantId),
                                    identities.get(publisher.participantId), producer, consumer);
                        }
                    }
                }
            }
        }
    }

    private Map<String, String> identities() {
        Map<String, String> identities = new HashMap<>();
        room.clients.forEach((role, client) -> {
            if (client.join != null) {
                identities.put(client.sid(), room.sample.of(role));
            }
        });
        return identities;
    }

    private void check(long seed, Consultation now, String viewer, String publisher, ProducerParameters producer,
            ConsumerParameters consumer) {
        Source source = Oversight.sourceOf(sourceOf.get(producer.trackId()));
        View view = now.view(viewer, publisher, source);
        looked.merge(view, 1, Integer::sum);
        GateAccess access = producer.gate().access();
        boolean unproven = access == GateAccess.ALL || consumer.cleared();
        boolean proven = unproven || access == GateAccess.PROVEN;
        if (unproven && view != View.CLEAR || proven && view == View.NONE) {
            fail("seed " + seed + ": " + now.roleOf(viewer) + " may be sent " + source + " of " + now.roleOf(publisher)
                    + " (" + access + (consumer.cleared() ? ", cleared" : "") + ") though the view is " + view
                    + " after " + diary.subList(Math.max(0, diary.size() - 12), diary.size()));
        }
    }
}
