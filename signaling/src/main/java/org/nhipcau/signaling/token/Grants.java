// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.token;

import java.util.List;
import java.util.Map;

/**
 * What a verified access token says. Absent claims are null for {@link Boolean} members, else empty.
 *
 * @param apiKey the issuer, which selected the secret
 * @param identity subject of the token; empty for server API tokens
 * @param kind standard, ingress, egress, sip, agent, connector or bridge; empty is standard
 * @param issuedAtS seconds since the epoch; 0 unknown
 * @param expiresAtS seconds since the epoch
 * @param roomConfigJson the {@code roomConfig} claim as protojson text; empty when absent
 * @param sha256 body hash of a webhook token; empty when absent
 * @param role the consultation role claim ({@code role}), empty when absent
 * @param otherClaimsJson known claims that the server does not read but a refreshed token must carry, as one JSON
 *     object (members of {@code video} under {@code video}); empty when there are none
 */
public record Grants(String apiKey, String identity, String name, String metadata, Map<String, String> attributes,
        String kind, long issuedAtS, long expiresAtS, String roomConfigJson, String sha256, String role, Video video,
        String otherClaimsJson) {
    /** The {@code roomConfig} claim of a join that makes its room a consultation. */
    public static final String CONSULTATION_ROOM = "{\"tags\":{\"room-type\":\"consultation\"}}";

    public Grants {
        attributes = Map.copyOf(attributes);
    }

    /** Grants without claims that are only carried along. */
    public Grants(String apiKey, String identity, String name, String metadata, Map<String, String> attributes,
            String kind, long issuedAtS, long expiresAtS, String roomConfigJson, String sha256, String role,
            Video video) {
        this(apiKey, identity, name, metadata, attributes, kind, issuedAtS, expiresAtS, roomConfigJson, sha256, role,
                video, "");
    }

    /** The same grants for another identity. */
    public Grants withIdentity(String newIdentity) {
        return new Grants(apiKey, newIdentity, name, metadata, attributes, kind, issuedAtS, expiresAtS,
                roomConfigJson, sha256, role, video, otherClaimsJson);
    }

    /** The same grants after the participant's name, metadata or attributes changed. */
    public Grants withProfile(String newName, String newMetadata, Map<String, String> newAttributes) {
        return new Grants(apiKey, identity, newName, newMetadata, newAttributes, kind, issuedAtS, expiresAtS,
                roomConfigJson, sha256, role, video, otherClaimsJson);
    }

    /** The same grants after the participant's permissions changed. */
    public Grants withVideo(Video newVideo) {
        return new Grants(apiKey, identity, name, metadata, attributes, kind, issuedAtS, expiresAtS, roomConfigJson,
                sha256, role, newVideo, otherClaimsJson);
    }

    /**
     * The {@code video} claim.
     *
     * @param room the room a join or roomAdmin grant is for; empty when absent
     * @param canPublish null means true
     * @param canSubscribe null means true
     * @param canPublishData null means as canPublish
     * @param canPublishSources lower case sources; empty means any
     * @param canUpdateOwnMetadata null means false
     */
    public record Video(boolean roomCreate, boolean roomList, boolean roomRecord, boolean roomAdmin, boolean roomJoin,
            String room, Boolean canPublish, Boolean canSubscribe, Boolean canPublishData,
            List<String> canPublishSources, Boolean canUpdateOwnMetadata, boolean ingressAdmin, boolean hidden,
            boolean recorder, boolean agent, String destinationRoom) {
        /** No grants. */
        public static final Video NONE = new Video(false, false, false, false, false, "", null, null, null, List.of(),
                null, false, false, false, false, "");

        public Video {
            canPublishSources = List.copyOf(canPublishSources);
        }

        public boolean mayPublish() {
            return canPublish == null || canPublish;
        }

        public boolean maySubscribe() {
            return canSubscribe == null || canSubscribe;
        }

        public boolean mayPublishData() {
            return canPublishData == null ? mayPublish() : canPublishData;
        }

        public boolean mayUpdateOwnMetadata() {
            return canUpdateOwnMetadata != null && canUpdateOwnMetadata;
        }
    }
}
