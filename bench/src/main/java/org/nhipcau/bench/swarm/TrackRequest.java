// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.SimulcastCodec;
import org.nhipcau.bench.swarm.media.VideoShape;

/** Words the request with which a client announces a track. Pure. */
final class TrackRequest {
    private TrackRequest() {}

    /** @param shape null: a microphone */
    static AddTrackRequest of(String cid, String name, VideoShape shape) {
        AddTrackRequest.Builder add = AddTrackRequest.newBuilder().setCid(cid).setName(name);
        if (shape == null) {
            return add.setType(TrackType.AUDIO).setSource(TrackSource.MICROPHONE).setDisableRed(true).build();
        }
        add.setType(TrackType.VIDEO).setSource(TrackSource.CAMERA).setWidth(shape.width()).setHeight(shape.height());
        for (int i = 0; i < shape.encodings().size(); i++) {
            VideoShape.Layer layer = shape.encodings().get(i);
            add.addLayers(VideoLayer.newBuilder().setQuality(VideoQuality.forNumber(i)).setWidth(layer.width())
                    .setHeight(layer.height()).setBitrate(layer.bitrateBps()));
        }
        return add.addSimulcastCodecs(SimulcastCodec.newBuilder().setCodec("vp8").setCid(cid)
                .addAllLayers(add.getLayersList())).build();
    }
}
