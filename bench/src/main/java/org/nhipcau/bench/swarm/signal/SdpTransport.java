// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm.signal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nhipcau.bench.swarm.transport.RemoteEnd;
import org.nhipcau.sfu.api.DtlsRole;
import org.nhipcau.sfu.api.Fingerprint;
import org.nhipcau.sfu.ice.IceCredentials;

/**
 * Reads what a server's description says about its transport. Spec: RFC 8839 §5, RFC 8122 §5, RFC 8842 §5. Pure.
 */
public final class SdpTransport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_CANDIDATES = 64;

    private SdpTransport() {}

    /** @throws SdpException when a part that no transport can do without is missing or wrong */
    public static RemoteEnd remoteEnd(SdpDescription description) throws SdpException {
        List<Fingerprint> fingerprints = new ArrayList<>();
        for (String line : description.allOfTransport("fingerprint")) {
            String[] words = line.split(" ", 2);
            try {
                fingerprints.add(new Fingerprint(words[0], words.length < 2 ? "" : words[1].strip()));
            } catch (IllegalArgumentException weakOrWrong) {
                // Another one may do.
            }
        }
        if (fingerprints.isEmpty()) {
            throw new SdpException("there is no fingerprint that can be used");
        }
        List<InetSocketAddress> candidates = new ArrayList<>();
        for (String line : description.allOfTransport("candidate")) {
            candidate(line).filter(c -> candidates.size() < MAX_CANDIDATES).ifPresent(candidates::add);
        }
        return new RemoteEnd(credentials(description), fingerprints, candidates, description.isIceLite());
    }

    private static IceCredentials credentials(SdpDescription description) throws SdpException {
        try {
            return new IceCredentials(description.ofTransport("ice-ufrag").orElse(""),
                    description.ofTransport("ice-pwd").orElse(""));
        } catch (IllegalArgumentException wrong) {
            throw new SdpException("the ICE credentials are missing or wrong");
        }
    }

    /**
     * The address of a UDP candidate of component 1.
     *
     * @param line with or without {@code candidate:} in front
     * @return empty for any other candidate, or one that is not well-formed
     */
    public static Optional<InetSocketAddress> candidate(String line) {
        String text = line.startsWith("candidate:") ? line.substring("candidate:".length()) : line;
        String[] words = text.strip().split(" +", 9);
        if (words.length < 8 || !words[1].equals("1") || !words[2].equalsIgnoreCase("udp")
                || !words[6].equals("typ") || !isLiteral(words[4])) {
            return Optional.empty();
        }
        try {
            int port = Integer.parseInt(words[5]);
            return port < 1 || port > 65_535 ? Optional.empty()
                    : Optional.of(new InetSocketAddress(InetAddress.getByName(words[4]), port));
        } catch (NumberFormatException | UnknownHostException wrong) {
            return Optional.empty();
        }
    }

    /** The address of a candidate that came by itself, as JSON. @return empty as {@link #candidate} has it */
    public static Optional<InetSocketAddress> trickled(String json) {
        try {
            JsonNode init = JSON.readTree(json);
            return init == null ? Optional.empty() : candidate(init.path("candidate").asText(""));
        } catch (JsonProcessingException wrong) {
            return Optional.empty();
        }
    }

    // Names (of mDNS, or any other) are never looked up.
    private static boolean isLiteral(String address) {
        boolean v6 = address.indexOf(':') >= 0;
        return !address.isEmpty() && address.length() <= 45 && address.chars().allMatch(c -> c >= '0' && c <= '9'
                || c == '.' || v6 && (c == ':' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'));
    }

    /** Our DTLS role against an answer: the other one of the server's; we offered to take either. */
    public static DtlsRole roleAgainstAnswer(SdpDescription answer) throws SdpException {
        return switch (answer.ofTransport("setup").orElse("")) {
            case "active" -> DtlsRole.SERVER;
            case "passive" -> DtlsRole.CLIENT;
            default -> throw new SdpException("the answer's setup is neither active nor passive");
        };
    }

    /** Our DTLS role in the answer to an offer: we begin where we may, which saves half a round trip. */
    public static DtlsRole roleAgainstOffer(SdpDescription offer) throws SdpException {
        return switch (offer.ofTransport("setup").orElse("")) {
            case "actpass", "passive" -> DtlsRole.CLIENT;
            case "active" -> DtlsRole.SERVER;
            default -> throw new SdpException("the offer's setup is neither actpass nor active nor passive");
        };
    }
}
