// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.nhipcau.bench.scale.ServerProbe;
import org.nhipcau.bench.soak.SoakSchedule.Act;
import org.nhipcau.bench.swarm.ClientFigures;
import org.nhipcau.bench.swarm.ClientOptions;
import org.nhipcau.bench.swarm.ServerProcess;
import org.nhipcau.bench.swarm.Swarm;
import org.nhipcau.bench.swarm.SwarmClient;
import org.nhipcau.bench.swarm.media.StreamFigures;
import org.nhipcau.bench.swarm.media.VideoShape;

/**
 * The clients of a soak: two in each room stay all the time, guests come and go between two readings.
 *
 * <p>Thread: one.
 */
final class SoakRun {
    private static final long WAIT_S = 30;
    private static final int STAYING = 2;
    private static final int MAX_GUESTS = 3;
    private static final long BRIEFLY_MS = 150;
    private static final int[][] SIZES = {{160, 90}, {320, 180}, {640, 360}, {1280, 720}};

    private final ServerProcess server;
    private final ServerProbe probe;
    private final Swarm swarm;
    private final SoakSchedule schedule;
    private final int rooms;
    private final VideoShape shape = VideoShape.of("360p", true);
    private final List<SwarmClient> staying = new ArrayList<>();
    private final List<SwarmClient> guests = new ArrayList<>();
    private final Map<Act, Integer> done = new EnumMap<>(Act.class);
    private final List<String> failures = new ArrayList<>();
    private long foreignBytes;
    private long receivedPackets;
    private int guestNumber;
    private double peersAtRest = Double.NaN;

    SoakRun(ServerProcess server, Swarm swarm, SoakSchedule schedule, int rooms) {
        this.server = server;
        this.probe = new ServerProbe(server);
        this.swarm = swarm;
        this.schedule = schedule;
        this.rooms = rooms;
    }

    /** Those who stay join. */
    void fill() throws Exception {
        for (int room = 0; room < rooms; room++) {
            for (int i = 0; i < STAYING; i++) {
                staying.add(join(ClientOptions.publisher("soak" + room, "staying" + i, shape)));
            }
        }
    }

    private SwarmClient join(ClientOptions options) throws Exception {
        return swarm.client(options).join().get(WAIT_S, TimeUnit.SECONDS);
    }

    /** Clients come, go and change until a moment. */
    void churn(long endNs) throws Exception {
        while (System.nanoTime() - endNs < 0) {
            Act act = schedule.next();
            if (carryOut(act)) {
                done.merge(act, 1, Integer::sum);
            }
            TimeUnit.MILLISECONDS.sleep(schedule.pauseMs());
        }
    }

    // @return false when nobody is there to do it
    private boolean carryOut(Act act) throws Exception {
        switch (act) {
            case JOIN -> {
                if (guests.size() >= rooms * MAX_GUESTS) {
                    return false;
                }
                String room = "soak" + schedule.pick(rooms);
                String name = "guest" + guestNumber++;
                guests.add(join(switch (schedule.pick(3)) {
                    case 0 -> ClientOptions.subscriber(room, name);
                    case 1 -> ClientOptions.publisher(room, name, null);
                    default -> ClientOptions.publisher(room, name, shape);
                }));
            }
            case LEAVE -> {
                if (guests.isEmpty()) {
                    return false;
                }
                dismiss(guests.remove(schedule.pick(guests.size())), false);
            }
            case RECONNECT -> {
                if (guests.isEmpty()) {
                    return false;
                }
                SwarmClient lost = guests.remove(schedule.pick(guests.size()));
                dismiss(lost, true);
                guests.add(join(lost.options()));
            }
            case RENEGOTIATE -> staying.get(schedule.pick(staying.size())).renegotiate();
            case SWITCH_LAYER -> {
                int[] size = SIZES[schedule.pick(SIZES.length)];
                return withTrack((client, track) -> client.view(track, size[0], size[1]));
            }
            case PAUSE -> {
                return withTrack((client, track) -> {
                    client.pause(track, true);
                    TimeUnit.MILLISECONDS.sleep(BRIEFLY_MS);
                    client.pause(track, false);
                });
            }
            case PUBLISH -> {
                SwarmClient client = staying.get(schedule.pick(staying.size()));
                String track = client.publishAudio().get(WAIT_S, TimeUnit.SECONDS);
                TimeUnit.MILLISECONDS.sleep(BRIEFLY_MS);
                client.unpublish(track);
            }
            case MUTE -> {
                SwarmClient client = staying.get(schedule.pick(staying.size()));
                List<String> own = client.ownTracks().get(WAIT_S, TimeUnit.SECONDS);
                if (own.isEmpty()) {
                    return false;
                }
                String track = own.get(schedule.pick(own.size()));
                client.mute(track, true);
                TimeUnit.MILLISECONDS.sleep(BRIEFLY_MS);
                client.mute(track, false);
            }
        }
        return true;
    }

    private interface TrackAct {
        void apply(SwarmClient client, String track) throws Exception;
    }

    private boolean withTrack(TrackAct act) throws Exception {
        List<SwarmClient> all = new ArrayList<>(staying);
        all.addAll(guests);
        SwarmClient client = all.get(schedule.pick(all.size()));
        Set<String> tracks = client.tracks().get(WAIT_S, TimeUnit.SECONDS);
        if (tracks.isEmpty()) {
            return false;
        }
        // A set has no order of its own: the seed must choose the same one each time.
        act.apply(client, tracks.stream().sorted().toList().get(schedule.pick(tracks.size())));
        return true;
    }

    private void dismiss(SwarmClient client, boolean silently) throws Exception {
        note(client.figures().get(WAIT_S, TimeUnit.SECONDS));
        CompletableFuture<Void> gone = silently ? client.vanish() : client.leave();
        gone.get(WAIT_S, TimeUnit.SECONDS);
        swarm.forget(client);
    }

    private void note(ClientFigures figures) {
        foreignBytes += figures.sum(StreamFigures::foreignBytes);
        receivedPackets += figures.receivedPackets();
        if (figures.failure() != null) {
            failures.add(figures.failure());
        }
    }

    /** All guests leave; when the server has let them go, what it holds is read. */
    SoakTrend.Reading rest(double seconds) throws Exception {
        while (!guests.isEmpty()) {
            dismiss(guests.removeLast(), false);
        }
        double peers = awaitRest();
        Map<String, Double> metrics = probe.metrics();
        return new SoakTrend.Reading(seconds, probe.liveHeapBytes(), probe.residentBytes(),
                server.figures().threads(), server.figures().descriptors(),
                metrics.getOrDefault("nhipcau_sfu_packet_slots_in_use", Double.NaN),
                metrics.getOrDefault("nhipcau_sfu_cache_lent_bytes", Double.NaN), peers);
    }

    private double awaitRest() throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
        double peers = probe.metrics().get("nhipcau_sfu_peers");
        if (Double.isNaN(peersAtRest)) {
            peersAtRest = peers;
        }
        while (peers > peersAtRest && System.nanoTime() - endNs < 0) {
            TimeUnit.MILLISECONDS.sleep(BRIEFLY_MS);
            peers = probe.metrics().get("nhipcau_sfu_peers");
        }
        // What has just ended is still being put away.
        TimeUnit.SECONDS.sleep(1);
        return peers;
    }

    /** Takes note of those who stayed; the last thing to do. */
    void finish() throws Exception {
        for (SwarmClient client : staying) {
            note(client.figures().get(WAIT_S, TimeUnit.SECONDS));
        }
    }

    Map<Act, Integer> done() {
        return done;
    }

    long foreignBytes() {
        return foreignBytes;
    }

    long receivedPackets() {
        return receivedPackets;
    }

    /** Why clients failed that had no reason to. */
    List<String> failures() {
        return failures;
    }

    double peersAtRest() {
        return peersAtRest;
    }

    double faults() throws Exception {
        Map<String, Double> metrics = probe.metrics();
        return metrics.get("nhipcau_sfu_peer_faults_total") + metrics.get("nhipcau_sfu_room_faults_total");
    }
}
