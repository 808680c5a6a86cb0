// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nhipcau.sfu.api.CodecParameters;
import org.nhipcau.sfu.api.EncodingParameters;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaEvent.PeerState;
import org.nhipcau.sfu.api.MediaKind;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.PathHistory;
import org.nhipcau.sfu.api.MediaReply.Reason;
import org.nhipcau.sfu.api.ProducerParameters;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.dtls.DtlsCertificate;
import org.nhipcau.sfu.ice.IceCredentials;
import org.nhipcau.sfu.metrics.WorkerCounters;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;
import org.nhipcau.sfu.overload.OverloadLevel;
import org.nhipcau.sfu.peer.Path;
import org.nhipcau.sfu.route.ForwardQueue;
import org.nhipcau.sfu.peer.Peer;
import org.nhipcau.sfu.srtp.SrtpEngines;

class MediaWorkerTest implements DatagramPort, WorkerEvents {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final CodecParameters VP8 = new CodecParameters("video/VP8", 96, 90_000, 0, Map.of(), 97, true, true,
            true, true, true);

    private final List<MediaEvent> events = new ArrayList<>();
    private final WorkerCounters counters = new WorkerCounters();
    private final MediaWorkerProxy proxy = new MediaWorkerProxy();
    private final DtlsCertificate certificate = DtlsCertificate.generate(new SecureRandom(), Instant.now());
    private final MediaWorker worker = new MediaWorker(SfuConfig.DEFAULT, counters, this, proxy, this, List.of(),
            () -> certificate, SrtpEngines.best(), new SecureRandom());
    private Class<? extends MediaEvent> faultOn;
    private int flushes;
    private final List<Boolean> admissions = new ArrayList<>();

    @AfterEach
    void free() {
        worker.close();
    }

    @Override
    public void accept(MediaEvent event) {
        if (event.getClass() == faultOn) {
            throw new IllegalStateException("fault on purpose");
        }
        events.add(event);
    }

    @Override
    public void reply(CompletableFuture<MediaReply> future, MediaReply reply) {
        future.complete(reply);
    }

    @Override
    public void onAdmission(boolean open) {
        admissions.add(open);
    }

    @Override
    public PacketBuffer begin(Path to) {
        return PacketBuffer.allocate();
    }

    @Override
    public void commit(Path to) { }

    @Override
    public void flush() {
        flushes++;
    }

    @Override
    public void wakeUp() { }

    private Peer peer(String id) {
        return new Peer("room", id, IceCredentials.random(new SecureRandom()), SfuConfig.DEFAULT, counters, worker,
                null, null, this, certificate.fingerprint(), new SecureRandom(), 0);
    }

    private MediaReply run(MediaCommand command, long nowNs) {
        CompletableFuture<MediaReply> reply = proxy.submit(command);
        worker.onDutyCycle(nowNs);
        return reply.getNow(null);
    }

    @Test
    void shouldCloseThePeerWhoseKeysCauseAFaultAndCarryOutWhatWaitsBehind() {
        Peer broken = peer("p");
        broken.attach(new org.nhipcau.sfu.route.Room("room", SfuConfig.DEFAULT, counters, new ForwardQueue(),
                this, new java.util.Random(1))
                .openEndpoint("p", "p", broken));
        proxy.dtlsListener(broken).onConnected(null);
        assertEquals(new MediaReply.Done(), run(new MediaCommand.OpenRoom("room"), SECOND_NS));
        assertEquals(List.of(new MediaEvent.PeerStateChanged("room", "p", PeerState.FAILED, PeerFailure.INTERNAL)),
                events);
        assertEquals(1, counters.get(Counter.PEER_FAULTS));
        assertEquals(1, flushes);
    }

    @Test
    void shouldGoOnWhenTheWatchOfARoomHasAFault() {
        run(new MediaCommand.OpenRoom("room"), SECOND_NS);
        run(new MediaCommand.OpenRoom("other"), SECOND_NS);
        for (String room : List.of("room", "other")) {
            run(new MediaCommand.OpenPeer(room, "p", "p"), SECOND_NS);
            assertEquals(new MediaReply.Done(), run(new MediaCommand.AddProducer(room, "p", new ProducerParameters(
                    "cam", MediaKind.VIDEO, TrackSource.CAMERA, "0", List.of(VP8),
                    List.of(new EncodingParameters("", 5, 0, 2, 0, 0, 0)), false)), SECOND_NS));
        }
        faultOn = MediaEvent.WantedQualityChanged.class;
        int before = flushes;
        for (int i = 0; i < 800; i++) {
            worker.onDutyCycle(2 * SECOND_NS + i * 10_000_000L);
        }
        assertEquals(before + 800, flushes);
        assertEquals(2, counters.get(Counter.ROOM_FAULTS), "each room told that nobody wants its picture, once");
        assertEquals(new MediaReply.Done(), run(new MediaCommand.CloseRoom("room"), 20 * SECOND_NS));
        assertEquals(new MediaReply.Done(), run(new MediaCommand.CloseRoom("other"), 20 * SECOND_NS));
    }

    @Test
    void shouldStillTakeWhatEndsMediaWhenCommandsFloodTheQueue() {
        run(new MediaCommand.OpenRoom("room"), SECOND_NS);
        CompletableFuture<MediaReply> last;
        do {
            last = proxy.submit(new MediaCommand.OpenRoom("flood"));
        } while (!last.isDone());
        assertEquals(MediaReply.Reason.CAPACITY, ((MediaReply.Refused) last.getNow(null)).reason());
        List<CompletableFuture<MediaReply>> ending = List.of(
                proxy.submit(new MediaCommand.MuteProducer("room", "t", true)),
                proxy.submit(new MediaCommand.RemoveProducer("room", "t")),
                proxy.submit(new MediaCommand.RemoveConsumer("room", "p", "c")),
                proxy.submit(new MediaCommand.ClosePeer("room", "p")),
                proxy.submit(new MediaCommand.CloseRoom("room")));
        ending.forEach(reply -> assertFalse(reply.isDone(), "waits for the worker"));
        for (int i = 0; i < 64; i++) {
            worker.onDutyCycle(2 * SECOND_NS);
        }
        assertEquals(new MediaReply.Done(), ending.getLast().getNow(null));
        run(new MediaCommand.CloseRoom("flood"), 3 * SECOND_NS);
        assertEquals(0, worker.load().rooms());
    }

    @Test
    void shouldKeepTheAddressThatIsCheckedAllTheTime() {
        PeerDirectory directory = new PeerDirectory();
        Peer peer = peer("p");
        InetSocketAddress used = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        for (int port = 2; port < 40; port++) {
            directory.addAddress(used, peer);
            directory.addAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), peer);
            assertEquals(peer, directory.byAddress(used), "port " + port);
            assertTrue(directory.addressCount() <= PeerDirectory.MAX_ADDRESSES_PER_PEER);
        }
        directory.remove(peer);
        assertEquals(0, directory.addressCount());
    }

    /** Cycles that take a share of the time. @return when the last one ended */
    private long busy(double share, long fromNs, long forNs) {
        long now = fromNs;
        for (; now - fromNs < forNs; now += 10_000_000) {
            worker.onDutyCycle(now);
            worker.onCycleEnd(now + (long) (share * 10_000_000), true);
        }
        return now;
    }

    private static Reason refusal(MediaReply reply) {
        return assertInstanceOf(MediaReply.Refused.class, reply, String.valueOf(reply)).reason();
    }

    @Test
    void shouldRefuseNewcomersOfABusyWorkerAndNobodyElse() {
        long now = SECOND_NS;
        assertEquals(new MediaReply.Done(), run(new MediaCommand.OpenRoom("room"), now));
        assertInstanceOf(MediaReply.PeerOpened.class, run(new MediaCommand.OpenPeer("room", "PA_1.p", "PA_1"), now));
        now = busy(0.9, now, 4 * SECOND_NS);
        assertEquals(List.of(false), admissions);
        assertFalse(worker.load().accepts());
        assertEquals(0.9, worker.load().utilisation(), 0.02);

        assertEquals(Reason.CAPACITY, refusal(run(new MediaCommand.OpenRoom("other"), now)));
        MediaReply newcomer = run(new MediaCommand.OpenPeer("room", "PA_2.p", "PA_2"), now);
        assertEquals(Reason.CAPACITY, refusal(newcomer));
        assertTrue(((MediaReply.Refused) newcomer).detail().contains("admissionPercent is 85"), newcomer.toString());
        assertEquals(2, counters.get(Counter.OVERLOAD_REFUSALS));

        assertEquals(new MediaReply.Done(), run(new MediaCommand.OpenRoom("room"), now), "it is open already");
        assertInstanceOf(MediaReply.PeerOpened.class, run(new MediaCommand.OpenPeer("room", "PA_1.v", "PA_1"), now),
                "the second transport of one who is there");
        assertInstanceOf(MediaReply.PeerOpened.class, run(new MediaCommand.OpenPeer("room", "PA_3.p", "PA_3", true,
                PathHistory.NONE),
                now), "one who comes back");
        assertInstanceOf(MediaReply.PeerOpened.class, run(new MediaCommand.RestartIce("room", "PA_1.p"), now));
        assertEquals(new MediaReply.Done(), run(new MediaCommand.AddProducer("room", "PA_1.p", camera()), now),
                "a track of a call");

        now = busy(0.3, now, 4 * SECOND_NS);
        assertEquals(List.of(false, true), admissions);
        assertEquals(new MediaReply.Done(), run(new MediaCommand.OpenRoom("other"), now));
        assertEquals(OverloadLevel.NONE, worker.load().level());
    }

    @Test
    void shouldTakeTheCameraOfOneWhoIsInEvenWhereNoPictureIsForwarded() {
        run(new MediaCommand.OpenRoom("room"), SECOND_NS);
        run(new MediaCommand.OpenPeer("room", "PA_1.p", "PA_1"), SECOND_NS);
        long now = busy(1.0, SECOND_NS, 30 * SECOND_NS);
        assertTrue(worker.load().level().compareTo(OverloadLevel.STAGE_ONLY) >= 0, worker.load().level().toString());
        assertEquals(new MediaReply.Done(), run(new MediaCommand.AddProducer("room", "PA_1.p", camera()), now));
    }

    private static ProducerParameters camera() {
        return new ProducerParameters("cam", MediaKind.VIDEO, TrackSource.CAMERA, "0", List.of(VP8),
                List.of(new EncodingParameters("", 5, 0, 2, 0, 0, 0)), false);
    }

    @Test
    void shouldCountTimeAndStepsOfEachLevel() {
        long now = busy(1.0, SECOND_NS, 3 * SECOND_NS);
        assertTrue(counters.get(Counter.OVERLOAD_LEVELS_RAISED) >= 1);
        assertTrue(worker.load().level().compareTo(OverloadLevel.NONE) > 0);
        now = busy(0.1, now, 30 * SECOND_NS);
        assertEquals(OverloadLevel.NONE, worker.load().level());
        assertEquals(counters.get(Counter.OVERLOAD_LEVELS_RAISED), counters.get(Counter.OVERLOAD_LEVELS_LOWERED));
        long sum = 0;
        for (OverloadLevel level : OverloadLevel.values()) {
            sum += worker.load().levelTimeNs(level);
        }
        assertEquals((now - SECOND_NS) / 1e9, sum / 1e9, 0.3);
        assertTrue(worker.load().levelTimeNs(OverloadLevel.HIGH_LAYERS) >= SECOND_NS);
    }
}
