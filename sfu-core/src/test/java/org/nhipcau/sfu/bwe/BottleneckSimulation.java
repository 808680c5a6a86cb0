// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.bwe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.nhipcau.sfu.buffer.PacketBuffer;
import org.nhipcau.sfu.rtcp.RtcpHandler;
import org.nhipcau.sfu.rtcp.RtcpReader;
import org.nhipcau.sfu.rtcp.RtcpWriter;
import org.nhipcau.sfu.rtcp.TransportFeedbackFlyweight;

/**
 * A sender of video behind one narrow link, in virtual time: the same packets are shown to our estimator, by transport
 * feedback as it goes over the wire, and to libjitsi's, and one of the two decides what is sent.
 *
 * <p>The link: 50 ms each way, a queue that drops what would wait longer than 300 ms, up to 2 ms of jitter, one packet
 * in 500 lost by chance. The sender: 30 frames a second of varying size, in bursts, never more than {@link #MEDIA_BPS}.
 */
final class BottleneckSimulation {
    /** What the pictures would take at their best: more than the link carries. */
    static final long MEDIA_BPS = 1_500_000;

    private static final long MS = 1_000_000L;
    private static final long ONE_WAY_NS = 50 * MS;
    private static final long QUEUE_NS = 300 * MS;
    private static final long JITTER_NS = 2 * MS;
    private static final int LOSS_ONE_IN = 500;
    private static final int FRAMES_PER_SECOND = 30;
    private static final int PACKET_BYTES = 1_200;
    private static final long SAMPLE_NS = 100 * MS;
    /** Sent until the one who decides knows anything. */
    private static final long UNKNOWN_BPS = 300_000;

    /** Who decides what is sent. */
    enum Driver { OURS, LIBJITSI }

    /** A stretch of time in which the link carries so much. */
    record Phase(long seconds, long capacityBps) {}

    /** How things stood at one moment; bytes and packets since the sample before. */
    record Sample(long timeMs, long capacityBps, long oursBps, long libjitsiBps, long arrivedBytes, int sentPackets,
            int droppedPackets, long queueMs) {}

    private record Flying(int sequence, int lengthBytes, long sentNs, long arrivesNs) {}

    private record Report(byte[] bytes, long libjitsiBps, long arrivesNs) {}

    private final Driver driver;
    private final List<Phase> phases;
    private final Random random;
    private final SentPacketLog log = new SentPacketLog();
    private final SendSideEstimator ours = new SendSideEstimator(log);
    private final Arrivals arrivals = new Arrivals();
    private final TwccRecorder recorder = new TwccRecorder();
    private final LibjitsiEstimator libjitsi = new LibjitsiEstimator();
    private final RtcpWriter writer = new RtcpWriter();
    private final RtcpReader reader = new RtcpReader();
    private final Queue<Flying> flying = new ArrayDeque<>();
    private final Queue<Report> reports = new ArrayDeque<>();
    private final List<Sample> samples = new ArrayList<>();
    private long nowNs = 1_000 * MS;
    private long capacityBps;
    private long linkFreeNs;
    private long lastArrivalNs;
    private long nextFrameNs = nowNs;
    private long libjitsiBps;
    private long arrivedBytes;
    private int sentPackets;
    private int droppedPackets;

    BottleneckSimulation(Driver driver, List<Phase> phases, long seed) {
        this.driver = driver;
        this.phases = phases;
        this.random = new Random(seed);
    }

    /** Runs all phases. @return ten samples a second */
    List<Sample> run() {
        long startNs = nowNs;
        for (Phase phase : phases) {
            capacityBps = phase.capacityBps();
            long endNs = nowNs + phase.seconds() * 1_000 * MS;
            while (nowNs < endNs) {
                nowNs += MS;
                step();
                if ((nowNs - startNs) % SAMPLE_NS == 0) {
                    sample(startNs);
                }
            }
        }
        return samples;
    }

    private void step() {
        while (!flying.isEmpty() && flying.peek().arrivesNs() <= nowNs) {
            arrive(flying.remove());
        }
        writeReport();
        while (!reports.isEmpty() && reports.peek().arrivesNs() <= nowNs) {
            readReport(reports.remove());
        }
        ours.onTimer(nowNs);
        while (driver == Driver.OURS && ours.fillerBytesDue(nowNs) > 0) {
            int wireBytes = ours.fillerPacketBytes();
            send(wireBytes - SendSideEstimator.PACKET_OVERHEAD_BYTES);
            ours.onFiller(wireBytes, nowNs);
        }
        if (nowNs >= nextFrameNs) {
            nextFrameNs += 1_000 * MS / FRAMES_PER_SECOND;
            sendFrame();
        }
    }

    private void sendFrame() {
        long known = driver == Driver.OURS ? Math.min(ours.estimateBps(), ours.paceBps(nowNs)) + 1 : libjitsiBps;
        long rate = Math.min(MEDIA_BPS, known > 0 ? known : UNKNOWN_BPS);
        int bytes = (int) (rate / 8 / FRAMES_PER_SECOND * (0.8 + 0.4 * random.nextDouble()));
        for (int left = Math.max(bytes, 100); left > 0; left -= PACKET_BYTES) {
            send(Math.min(left, PACKET_BYTES));
        }
    }

    private void send(int lengthBytes) {
        int sequence = log.onSent(lengthBytes, nowNs);
        sentPackets++;
        long startsNs = Math.max(nowNs, linkFreeNs);
        boolean lost = random.nextInt(LOSS_ONE_IN) == 0;
        long jitterNs = (long) (random.nextDouble() * JITTER_NS);
        if (startsNs - nowNs > QUEUE_NS || lost) {
            droppedPackets++;
            return;
        }
        linkFreeNs = startsNs + lengthBytes * 8L * 1_000 * MS / capacityBps;
        lastArrivalNs = Math.max(lastArrivalNs, linkFreeNs + ONE_WAY_NS + jitterNs);
        flying.add(new Flying(sequence, lengthBytes, nowNs, lastArrivalNs));
    }

    private void arrive(Flying packet) {
        arrivedBytes += packet.lengthBytes();
        recorder.onPacket(packet.sequence(), packet.arrivesNs());
        libjitsi.onArrived(packet.sentNs(), packet.arrivesNs(), packet.lengthBytes());
    }

    // libjitsi's estimate travels with the feedback, as a REMB would.
    private void writeReport() {
        boolean more = recorder.nextDeadlineNs() <= nowNs;
        while (more) {
            PacketBuffer out = PacketBuffer.allocate();
            writer.begin(out, PACKET_BYTES);
            more = recorder.write(writer, 1, 2, nowNs);
            reports.add(new Report(out.toByteArray(), libjitsi.estimateBps(), nowNs + ONE_WAY_NS));
        }
    }

    private void readReport(Report report) {
        libjitsiBps = report.libjitsiBps();
        libjitsi.onRoundTrip((2 * ONE_WAY_NS + queueNs()) / MS);
        reader.read(PacketBuffer.copyOf(report.bytes()), new RtcpHandler() {
            @Override
            public void transportFeedback(TransportFeedbackFlyweight feedback) {
                arrivals.read(feedback, log);
                ours.onFeedback(arrivals, nowNs);
            }
        });
    }

    private long queueNs() {
        return Math.max(0, linkFreeNs - nowNs);
    }

    private void sample(long startNs) {
        samples.add(new Sample((nowNs - startNs) / MS, capacityBps, ours.estimateBps(), libjitsiBps, arrivedBytes,
                sentPackets, droppedPackets, queueNs() / MS));
        arrivedBytes = 0;
        sentPackets = 0;
        droppedPackets = 0;
    }
}
