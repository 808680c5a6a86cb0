// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.sim.link.Flow;
import org.nhipcau.sfu.sim.link.VirtualClock;
import org.nhipcau.sfu.sim.link.VirtualLink;

/**
 * One sender of sound and pictures that does what its {@link SendSideEstimator} says, over a link that others use too.
 *
 * <p>Pictures are as large as the estimate allows, up to a bound. Feedback comes each 100 ms over a link of its own.
 * Thread: one.
 */
final class SharedPathSender {
    private static final long MS = 1_000_000L;
    private static final int OVERHEAD = SendSideEstimator.PACKET_OVERHEAD_BYTES;
    private static final int AUDIO_BYTES = 90;
    private static final int PACKET_BYTES = 1_100;
    private static final int FPS = 30;

    final SentPacketLog log = new SentPacketLog();
    final SendSideEstimator estimator = new SendSideEstimator(log);
    private final VirtualClock clock;
    private final VirtualLink down;
    private final VirtualLink up;
    private final SplittableRandom random;
    private final long mediaBps;
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    private final ArrayDeque<long[]> arrived = new ArrayDeque<>();
    private long waitingBytes;
    private double tokens;
    private long reportedUpTo;
    private long arrivedPictureBytes;
    private long mostWaitedNs;

    SharedPathSender(VirtualClock clock, VirtualLink down, VirtualLink up, long seed, long mediaBps) {
        this.clock = clock;
        this.down = down;
        this.up = up;
        this.random = new SplittableRandom(seed);
        this.mediaBps = mediaBps;
        clock.at(clock.nowNs() + random.nextLong(20 * MS), this::sound);
        clock.at(clock.nowNs() + random.nextLong(33 * MS), this::picture);
        clock.at(clock.nowNs() + random.nextLong(5 * MS), this::tick);
        clock.at(clock.nowNs() + random.nextLong(100 * MS), this::report);
    }

    private void sound(long nowNs) {
        clock.at(nowNs + 20 * MS, this::sound);
        send(AUDIO_BYTES, Flow.AUDIO, nowNs);
        tokens = Math.max(tokens - AUDIO_BYTES - OVERHEAD, -1_200);
    }

    private void picture(long nowNs) {
        clock.at(nowNs + 1_000 * MS / FPS, this::picture);
        long room = Math.min(mediaBps, estimator.estimateBps() - (AUDIO_BYTES + OVERHEAD) * 8 * 50);
        if (room < 16_000 || waitingBytes > estimator.estimateBps() / 32 + 2_400) {
            return;
        }
        int bytes = (int) (room / 8 / FPS * (0.7 + 0.6 * random.nextDouble()));
        int packets = 1 + bytes / PACKET_BYTES;
        for (int i = 0; i < packets; i++) {
            int length = Math.max(30, bytes / packets - OVERHEAD);
            waiting.add(length);
            waitingBytes += length + OVERHEAD;
        }
    }

    private void tick(long nowNs) {
        clock.at(nowNs + 5 * MS, this::tick);
        estimator.onTimer(nowNs);
        double due = estimator.paceBps(nowNs) / 8 * 0.005;
        tokens = due == 0 ? Math.min(tokens, 0) : Math.min(tokens + due, due + 1);
        while (!waiting.isEmpty() && tokens > 0 && estimator.mayLeave(nowNs)) {
            int length = waiting.poll();
            waitingBytes -= length + OVERHEAD;
            tokens -= length + OVERHEAD;
            send(length, Flow.VIDEO, nowNs);
        }
        while (estimator.fillerBytesDue(nowNs) > 0) {
            int wire = estimator.fillerPacketBytes();
            send(wire - OVERHEAD, Flow.PADDING, nowNs);
            tokens -= wire;
            estimator.onFiller(wire, nowNs);
        }
    }

    private void send(int length, Flow flow, long nowNs) {
        long sequence = log.next();
        log.onSent(length, nowNs);
        down.send(flow == Flow.VIDEO ? this::onPicture : this::onPacket, null, length + OVERHEAD, flow, sequence);
    }

    private void onPicture(PacketBuffer none, long sequence, long nowNs) {
        arrivedPictureBytes += log.lengthBytes(sequence) + OVERHEAD;
        onPacket(none, sequence, nowNs);
    }

    private void onPacket(PacketBuffer none, long sequence, long nowNs) {
        arrived.add(new long[] {sequence, nowNs});
        mostWaitedNs = Math.max(mostWaitedNs, nowNs - log.sentUs(sequence) * 1_000);
    }

    private void report(long nowNs) {
        clock.at(nowNs + 100 * MS, this::report);
        if (arrived.isEmpty()) {
            return;
        }
        Arrivals arrivals = new Arrivals();
        while (!arrived.isEmpty()) {
            long[] packet = arrived.poll();
            for (; reportedUpTo < packet[0]; reportedUpTo++) {
                arrivals.add(reportedUpTo, Arrivals.LOST);
            }
            arrivals.add(packet[0], packet[1] / 250_000 * 250 + 77_000_000);
            reportedUpTo = packet[0] + 1;
        }
        arrivals.finish();
        up.send((none, tag, atNs) -> estimator.onFeedback(arrivals, atNs), null, 80, Flow.RTCP, 0);
    }

    /** Kbit/s of pictures that arrived since it was last asked after this many seconds. */
    double pictureKbps(double seconds) {
        double kbps = arrivedPictureBytes * 8 / seconds / 1_000;
        arrivedPictureBytes = 0;
        return kbps;
    }

    /** The longest way of a packet since it was last asked, in ms. */
    long longestWayMs() {
        long most = mostWaitedNs / MS;
        mostWaitedNs = 0;
        return most;
    }
}
