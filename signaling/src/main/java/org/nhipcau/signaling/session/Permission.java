// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import livekit.LivekitModels.ParticipantPermission;
import livekit.LivekitModels.TrackSource;
import org.nhipcau.signaling.token.Grants;

/**
 * What a participant may do now: at first what the token says, later what the room service set.
 *
 * @param sources the sources that may be published; empty means any
 */
public record Permission(boolean canSubscribe, boolean canPublish, boolean canPublishData, Set<TrackSource> sources,
        boolean hidden, boolean canUpdateMetadata, boolean recorder, boolean agent) {
    public Permission {
        sources = Set.copyOf(sources);
    }

    /** The rights of a token. A source the server does not know grants nothing, yet keeps the list from being empty. */
    public static Permission of(Grants.Video video) {
        Set<TrackSource> sources = EnumSet.noneOf(TrackSource.class);
        for (String name : video.canPublishSources()) {
            sources.add(sourceOf(name));
        }
        return new Permission(video.maySubscribe(), video.mayPublish(), video.mayPublishData(), sources,
                video.hidden(), video.mayUpdateOwnMetadata(), video.recorder(), video.agent());
    }

    /** The rights that the room service sets. */
    @SuppressWarnings("deprecation")
    public static Permission of(ParticipantPermission wire) {
        return new Permission(wire.getCanSubscribe(), wire.getCanPublish(), wire.getCanPublishData(),
                Set.copyOf(wire.getCanPublishSourcesList()), wire.getHidden(), wire.getCanUpdateMetadata(),
                wire.getRecorder(), wire.getAgent());
    }

    /** Whether a track of this source may be published. */
    public boolean mayPublish(TrackSource source) {
        return canPublish && (sources.isEmpty() || source != TrackSource.UNKNOWN && sources.contains(source));
    }

    @SuppressWarnings("deprecation")
    public ParticipantPermission toWire() {
        return ParticipantPermission.newBuilder().setCanSubscribe(canSubscribe).setCanPublish(canPublish)
                .setCanPublishData(canPublishData).addAllCanPublishSources(sources.stream()
                        .filter(source -> source != TrackSource.UNRECOGNIZED).sorted().toList())
                .setHidden(hidden).setCanUpdateMetadata(canUpdateMetadata).setRecorder(recorder).setAgent(agent)
                .build();
    }

    /** The token claim that grants exactly this, for refreshed tokens. */
    public Grants.Video toClaim(Grants.Video before) {
        List<String> names = new ArrayList<>();
        for (TrackSource source : sources.stream().sorted().toList()) {
            names.add(source.name().toLowerCase(Locale.ROOT));
        }
        return new Grants.Video(before.roomCreate(), before.roomList(), before.roomRecord(), before.roomAdmin(),
                before.roomJoin(), before.room(), canPublish, canSubscribe, canPublishData, names, canUpdateMetadata,
                before.ingressAdmin(), hidden, recorder, agent, before.destinationRoom());
    }

    private static TrackSource sourceOf(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "camera" -> TrackSource.CAMERA;
            case "microphone" -> TrackSource.MICROPHONE;
            case "screen_share" -> TrackSource.SCREEN_SHARE;
            case "screen_share_audio" -> TrackSource.SCREEN_SHARE_AUDIO;
            default -> TrackSource.UNKNOWN;
        };
    }
}
