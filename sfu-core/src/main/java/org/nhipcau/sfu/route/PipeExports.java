// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.Arrays;
import org.nhipcau.sfu.api.SfuConfig;

/**
 * The other workers that want something of one producer: each gets every packet once.
 *
 * <p>The array is replaced, never changed. Thread: the publisher's worker's.
 */
final class PipeExports {
    private static final PipeExport[] NONE = {};

    private final Producer producer;
    private PipeExport[] exports = NONE;

    PipeExports(Producer producer) {
        this.producer = producer;
    }

    /** No other worker wants anything. */
    boolean none() {
        return exports.length == 0;
    }

    /** Copies a packet into each pipe. */
    void offer(SourcePacket packet) {
        for (PipeExport export : exports) {
            export.offer(packet);
        }
    }

    /** Hands on the sender report that came last. */
    void offerReport(Encoding encoding) {
        for (PipeExport export : exports) {
            export.offerReport(encoding);
        }
    }

    /** The gate's state or lease changed. */
    void onGate() {
        for (PipeExport export : exports) {
            export.onGate();
        }
    }

    /** Tells of the gate, and of a picture that rests, what was not told yet. */
    void tell() {
        for (PipeExport export : exports) {
            export.tellGate();
            export.tellResting();
        }
    }

    /** Packets go on after a pause. */
    void restart() {
        for (PipeExport export : exports) {
            export.restart();
        }
    }

    /** A worker wants this quality; below 0: nothing any more. */
    void setWanted(Crossing crossing, int quality) {
        PipeExport export = crossing.export;
        if (quality < 0) {
            if (export != null) {
                export.close();
                exports = Arrays.stream(exports).filter(other -> other != export).toArray(PipeExport[]::new);
            }
            return;
        }
        if (export == null) {
            crossing.export = new PipeExport(crossing, producer);
            exports = Arrays.copyOf(exports, exports.length + 1);
            exports[exports.length - 1] = crossing.export;
            crossing.export.tellGate();
        }
        crossing.export.setQuality(quality);
    }

    /** The highest quality that is wanted on other workers; {@link WantedQuality#NOBODY}: nothing. */
    int wantedQuality() {
        int wanted = WantedQuality.NOBODY;
        for (PipeExport export : exports) {
            wanted = Math.max(wanted, export.quality());
        }
        return wanted;
    }

    /** How thin the speech of a microphone is wanted on other workers, as {@link ThinSpeech#wanted}. */
    int wantedSpeech(SfuConfig.ThinSpeech rule) {
        int wanted = ThinSpeech.NOBODY;
        for (PipeExport export : exports) {
            if (export.quality() != ThinSpeech.NO_OPINION) {
                wanted = ThinSpeech.together(wanted, export.quality(), rule);
            }
        }
        return wanted;
    }

    /** The producer is removed. */
    void close() {
        for (PipeExport export : exports) {
            export.close();
        }
        exports = NONE;
    }
}
