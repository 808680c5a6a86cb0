// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.quality;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.nhipcau.sfu.api.QualityCause;

/**
 * Samples of one session, packed: 46 bytes each instead of some 200, in blocks that are forgotten whole.
 *
 * <pre>
 *  at 8 | participant 2 | direction 1 | cause 1 | 7 x 2: three losses, freeze in 1/10000; two scores in 1/1000; impairment
 *  in 1/100 | jitter 4, round trip 4 in 1/10 ms | audio 4, video 4 bit/s | freezes 4
 * </pre>
 *
 * <p>Thread: one at a time.
 */
final class SampleBlocks {
    private static final int ROW_BYTES = 46;
    private static final int BLOCK_ROWS = 128;
    private static final int PARTICIPANT_BYTES = 64;
    private static final QualityCause[] CAUSES = QualityCause.values();

    private final Deque<Block> blocks = new ArrayDeque<>();
    private long bytes;

    /** Rows of one stretch of time, and those who are in it. */
    private static final class Block {
        private final ByteBuffer rows = ByteBuffer.allocate(BLOCK_ROWS * ROW_BYTES);
        private String[] participants = new String[8];
        private int participantCount;
        private long newestMs = Long.MIN_VALUE;

        int indexOf(String participant) {
            for (int i = 0; i < participantCount; i++) {
                if (participants[i].equals(participant)) {
                    return i;
                }
            }
            if (participantCount == participants.length) {
                participants = java.util.Arrays.copyOf(participants, participantCount * 2);
            }
            participants[participantCount] = participant;
            return participantCount++;
        }

        long bytes() {
            return rows.capacity() + (long) participantCount * PARTICIPANT_BYTES;
        }
    }

    /** @return bytes that it took more */
    long add(QualitySample sample) {
        Block block = blocks.peekLast();
        long before = bytes;
        if (block == null || block.rows.remaining() < ROW_BYTES) {
            block = new Block();
            blocks.addLast(block);
        } else {
            bytes -= block.bytes();
        }
        write(block, sample);
        block.newestMs = Math.max(block.newestMs, sample.atEpochMs());
        bytes += block.bytes();
        return bytes - before;
    }

    private static void write(Block block, QualitySample sample) {
        block.rows.putLong(sample.atEpochMs()).putShort((short) block.indexOf(sample.participant()))
                .put((byte) (sample.uplink() ? 1 : 0)).put((byte) sample.cause().ordinal())
                .putShort(packed(sample.audioLossRatio(), 10_000)).putShort(packed(sample.videoLossRatio(), 10_000))
                .putShort(packed(sample.audioUnrepairedRatio(), 10_000)).putShort(packed(sample.freezeRatio(), 10_000))
                .putShort(packed(sample.audioScore(), 1_000)).putShort(packed(sample.linkScore(), 1_000))
                .putShort(packed(sample.impairment(), 100))
                .putInt(tenths(sample.jitterMs())).putInt(tenths(sample.roundTripMs()))
                .putInt((int) Math.min(sample.audioBitrateBps(), Integer.MAX_VALUE))
                .putInt((int) Math.min(sample.videoBitrateBps(), Integer.MAX_VALUE)).putInt(sample.freezes());
    }

    private static short packed(double value, int scale) {
        return (short) (value < 0 ? -1 : Math.min(Math.round(value * scale), Short.MAX_VALUE));
    }

    private static int tenths(double value) {
        return value < 0 ? -1 : (int) Math.min(Math.round(value * 10), Integer.MAX_VALUE);
    }

    void forEach(Consumer<QualitySample> use) {
        for (Block block : blocks) {
            ByteBuffer rows = block.rows.duplicate().flip();
            while (rows.hasRemaining()) {
                use.accept(read(block, rows));
            }
        }
    }

    private static QualitySample read(Block block, ByteBuffer rows) {
        long atMs = rows.getLong();
        String participant = block.participants[rows.getShort() & 0xffff];
        boolean uplink = rows.get() == 1;
        QualityCause cause = CAUSES[rows.get()];
        double audioLoss = unpacked(rows.getShort(), 10_000);
        double videoLoss = unpacked(rows.getShort(), 10_000);
        double unrepaired = unpacked(rows.getShort(), 10_000);
        double freeze = unpacked(rows.getShort(), 10_000);
        double audioScore = unpacked(rows.getShort(), 1_000);
        double linkScore = unpacked(rows.getShort(), 1_000);
        double impairment = unpacked(rows.getShort(), 100);
        double jitterMs = unpacked(rows.getInt(), 10);
        double roundTripMs = unpacked(rows.getInt(), 10);
        return new QualitySample(atMs, participant, uplink, audioLoss, videoLoss, unrepaired, jitterMs, roundTripMs,
                rows.getInt(), rows.getInt(), freeze, rows.getInt(), audioScore, linkScore, cause, impairment);
    }

    private static double unpacked(int value, double scale) {
        return value < 0 ? -1 : value / scale;
    }

    /** Forgets blocks of which all samples are older. @return bytes that it takes less */
    long forgetBefore(long epochMs) {
        long before = bytes;
        while (!blocks.isEmpty() && blocks.peekFirst().newestMs < epochMs) {
            forgetOldest();
        }
        return before - bytes;
    }

    /** Forgets the oldest block. @return bytes that it takes less */
    long forgetOldest() {
        long freed = blocks.removeFirst().bytes();
        bytes -= freed;
        return freed;
    }

    /** When the oldest block ends; the beginning of time where there is none. */
    long oldestMs() {
        return blocks.isEmpty() ? Long.MIN_VALUE : blocks.peekFirst().newestMs;
    }

    long bytes() {
        return bytes;
    }
}
