// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

import org.nhipcau.sfu.buffer.PacketBuffer;

/**
 * Reads the dependency descriptor header extension, which tells a forwarder the layers and dependencies of a frame
 * without its payload. Keeps the template structure that key frames bring.
 *
 * <pre>
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |S|E| template  |         frame number          |  S, E: first and last packet of the frame
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |T|A|I|F|C| template structure (T), active decode targets (A), own indications (I), differences (F), chains (C)
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
 * </pre>
 * Spec: RTP Payload Format For AV1, appendix A. All counts are bounded: 64 templates, 32 decode targets, and no loop
 * goes on behind the element's last bit.
 *
 * <p>Thread: the packet owner's. One per inbound stream. Owns: two structures, the current and a spare to read into.
 */
public final class DependencyDescriptorReader {
    private static final int MANDATORY_BYTES = 3;
    private static final int MAX_TEMPORAL_ID = 7;
    private static final int MAX_SPATIAL_ID = 3;
    private static final int NEXT_TEMPORAL = 1;
    private static final int NEXT_SPATIAL = 2;
    private static final int NO_MORE_TEMPLATES = 3;

    private final BitReader bits = new BitReader();
    private TemplateStructure current = new TemplateStructure();
    private TemplateStructure spare = new TemplateStructure();
    private boolean startOfFrame;
    private boolean endOfFrame;
    private boolean structurePresent;
    private int frameNumber;
    private int temporalId;
    private int spatialId;
    private long indications;
    private boolean independent;
    private TemplateStructure read;
    private int activeAtBit;
    private boolean activePresent;

    /**
     * Reads one element.
     *
     * @param timestamp the packet's RTP timestamp: a structure that comes late does not replace a newer one
     * @return false when it is malformed or refers to a template not known (its key frame was not seen)
     */
    public boolean read(PacketBuffer packet, int index, int length, long timestamp) {
        if (length < MANDATORY_BYTES) {
            return false;
        }
        bits.wrap(packet, index, index + length);
        startOfFrame = bits.flag();
        endOfFrame = bits.flag();
        int templateId = (int) bits.bits(6);
        frameNumber = (int) bits.bits(16);
        boolean extended = length > MANDATORY_BYTES;
        structurePresent = extended && bits.flag();
        activePresent = extended && bits.flag();
        boolean customDtis = extended && bits.flag();
        boolean customFdiffs = extended && bits.flag();
        boolean customChains = extended && bits.flag();
        if (structurePresent && !readStructure(spare)) {
            return false;
        }
        TemplateStructure structure = structurePresent ? spare : current;
        if (!structure.known) {
            return false;
        }
        activeAtBit = bits.position();
        long active = activePresent ? bits.bits(structure.decodeTargets) : structure.activeDecodeTargets;
        int template = templateId - structure.idOffset & TemplateStructure.MAX_TEMPLATES - 1;
        if (template >= structure.templates) {
            return false;
        }
        takeTemplate(structure, template);
        readCustom(structure, customDtis, customFdiffs, customChains);
        if (bits.overrun()) {
            return false;
        }
        structure.activate(active);
        read = structure;
        if (structurePresent) {
            adopt(timestamp);
        }
        return true;
    }

    /** The packet carries the first bytes of its frame. */
    public boolean startOfFrame() {
        return startOfFrame;
    }

    /** The packet carries the last bytes of its frame. */
    public boolean endOfFrame() {
        return endOfFrame;
    }

    /** Counts frames, 16 bits. */
    public int frameNumber() {
        return frameNumber;
    }

    /** The element brought a template structure. */
    public boolean structurePresent() {
        return structurePresent;
    }

    /** 0 to 7. */
    public int temporalId() {
        return temporalId;
    }

    /** 0 to 3. */
    public int spatialId() {
        return spatialId;
    }

    /** No decode target needs the frame for another frame. */
    public boolean discardable() {
        return read.required(indications) == 0;
    }

    /** One may begin to forward some decode target here. */
    public boolean switching() {
        return read.switchTo(indications) != 0;
    }

    /** The frame refers to no other. */
    public boolean independent() {
        return independent;
    }

    /** Bit i: decode target i is being sent. */
    public long activeDecodeTargets() {
        return read.activeDecodeTargets;
    }

    /** Fills in which decode targets the frame concerns, which layers are sent and, where it is told, their sizes. */
    void tellTargets(FrameMark mark) {
        mark.needed = read.needed(indications);
        mark.required = read.required(indications);
        mark.switchTo = read.switchTo(indications);
        mark.activeLayers = read.activeLayers();
        if (structurePresent) {
            read.tellSizes(mark);
        }
    }

    private void adopt(long timestamp) {
        if (current.known && (int) (timestamp - current.timestamp) < 0) {
            return;
        }
        spare.timestamp = timestamp;
        TemplateStructure former = current;
        current = spare;
        spare = former;
    }

    private void takeTemplate(TemplateStructure structure, int template) {
        temporalId = structure.temporalIds[template];
        spatialId = structure.spatialIds[template];
        indications = structure.indications[template];
        independent = structure.independent[template];
    }

    private void readCustom(TemplateStructure structure, boolean dtis, boolean fdiffs, boolean chains) {
        if (dtis) {
            indications = readIndications(structure.decodeTargets);
        }
        if (fdiffs) {
            independent = true;
            int size = (int) bits.bits(2);
            while (size != 0 && !bits.overrun()) {
                independent = false;
                bits.bits(4 * size);
                size = (int) bits.bits(2);
            }
        }
        if (chains) {
            bits.bits(8 * Math.min(structure.chains, 4));
            for (int i = 4; i < structure.chains && !bits.overrun(); i++) {
                bits.bits(8);
            }
        }
    }

    // Two bits for each decode target, the first in the lowest.
    private long readIndications(int decodeTargets) {
        long all = 0;
        for (int i = 0; i < decodeTargets; i++) {
            all |= bits.bits(2) << 2 * i;
        }
        return all;
    }

    private boolean readStructure(TemplateStructure structure) {
        structure.known = false;
        structure.idOffset = (int) bits.bits(6);
        structure.decodeTargets = (int) bits.bits(5) + 1;
        if (!readLayers(structure)) {
            return false;
        }
        for (int i = 0; i < structure.templates && !bits.overrun(); i++) {
            structure.indications[i] = readIndications(structure.decodeTargets);
        }
        for (int i = 0; i < structure.templates && !bits.overrun(); i++) {
            structure.independent[i] = true;
            while (bits.flag()) {
                structure.independent[i] = false;
                bits.bits(4);
            }
        }
        readChains(structure);
        readResolutions(structure);
        structure.known = !bits.overrun();
        if (structure.known) {
            structure.index();
        }
        return structure.known;
    }

    private boolean readLayers(TemplateStructure structure) {
        int temporal = 0;
        int spatial = 0;
        int count = 0;
        int next;
        do {
            if (count == TemplateStructure.MAX_TEMPLATES || temporal > MAX_TEMPORAL_ID || spatial > MAX_SPATIAL_ID) {
                return false;
            }
            structure.temporalIds[count] = (byte) temporal;
            structure.spatialIds[count] = (byte) spatial;
            count++;
            next = (int) bits.bits(2);
            if (next == NEXT_TEMPORAL) {
                temporal++;
            } else if (next == NEXT_SPATIAL) {
                temporal = 0;
                spatial++;
            }
        } while (next != NO_MORE_TEMPLATES && !bits.overrun());
        structure.templates = count;
        return !bits.overrun();
    }

    private void readChains(TemplateStructure structure) {
        structure.chains = bits.nonSymmetric(structure.decodeTargets + 1);
        if (structure.chains == 0) {
            return;
        }
        for (int i = 0; i < structure.decodeTargets && !bits.overrun(); i++) {
            bits.nonSymmetric(structure.chains);
        }
        for (int i = 0; i < structure.templates * structure.chains && !bits.overrun(); i++) {
            bits.bits(4);
        }
    }

    private void readResolutions(TemplateStructure structure) {
        structure.sized = bits.flag();
        if (structure.sized) {
            int layers = structure.spatialIds[structure.templates - 1] + 1;
            for (int i = 0; i < layers; i++) {
                structure.widths[i] = (int) bits.bits(16) + 1;
                structure.heights[i] = (int) bits.bits(16) + 1;
            }
        }
    }
}
