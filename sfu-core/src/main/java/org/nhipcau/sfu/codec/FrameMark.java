// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.codec;

/**
 * What one video packet says about its frame; filled in by a {@link PayloadReader}, reused from packet to packet.
 *
 * <p>Thread: the packet owner's.
 */
public final class FrameMark {
    /** The packet carries the first bytes of a frame. */
    public boolean frameStart;
    /** The packet carries the last bytes of a frame; only where the format tells. */
    public boolean frameEnd;
    /** The packet belongs to a frame that can be decoded without any other (of its layer and those below). */
    public boolean keyFrame;
    /** Temporal layer, 0 base; 0 where the format does not tell. */
    public int temporalId;
    /** Spatial layer, 0 base; 0 where the format does not tell. */
    public int spatialId;
    /** One may begin to forward this temporal layer here (VP8 Y bit, VP9 U bit). */
    public boolean layerSync;
    /** Nothing refers to this packet's frame: it may be left out without harm. */
    public boolean discardable;
    /** Decode targets that the frame belongs to, a {@link LayerSet}: all where the format does not tell. */
    public int needed;
    /** Of those, the ones that later frames build on: who misses the frame cannot go on with them. */
    public int required;
    /** Targets that may be begun here by whoever can decode this frame. */
    public int switchTo;
    /** Spatial layers that are being sent; 0: this packet does not tell. */
    public int activeLayers;
    /** Spatial layers whose sizes {@link #layerWidths} and {@link #layerHeights} tell; 0: this packet does not. */
    public int sizedLayers;
    /** Pixels by spatial layer, 0 unknown. */
    public final int[] layerWidths = new int[LayerSet.LAYERS];
    /** Pixels by spatial layer, 0 unknown. */
    public final int[] layerHeights = new int[LayerSet.LAYERS];
    /** All this is told by a dependency descriptor, not by the payload. */
    public boolean described;
    /** VP8: picture id, -1 absent. */
    public int pictureId;
    /** VP8: bits of the picture id, 7 or 15; 0 absent. */
    public int pictureIdBits;
    /** VP8: TL0PICIDX, -1 absent. */
    public int tl0PicIdx;
    /** Key frame width in pixels where the packet tells it, else 0. */
    public int width;
    /** Key frame height in pixels where the packet tells it, else 0. */
    public int height;

    /** Back to "nothing known". */
    public void clear() {
        frameStart = false;
        frameEnd = false;
        keyFrame = false;
        temporalId = 0;
        spatialId = 0;
        layerSync = false;
        discardable = false;
        needed = LayerSet.ALL;
        required = LayerSet.ALL;
        switchTo = 0;
        activeLayers = 0;
        sizedLayers = 0;
        described = false;
        pictureId = -1;
        pictureIdBits = 0;
        tl0PicIdx = -1;
        width = 0;
        height = 0;
    }
}
