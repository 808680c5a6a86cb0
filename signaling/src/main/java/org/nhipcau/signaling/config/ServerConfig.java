// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import java.nio.file.Path;
import org.nhipcau.sfu.api.SfuConfig;
import org.nhipcau.signaling.SignalingConfig;

/**
 * Everything a process is set up with. It holds secrets: it is never printed whole.
 *
 * <p>Each component is a section of the configuration file, or a key.
 *
 * @param dataDir where state is kept
 */
public record ServerConfig(SignalingConfig signaling, SfuConfig sfu, Control control, Path dataDir, Log log) {
    /**
     * The gRPC port between signaling and a media node that is a process of its own.
     *
     * @param host literal or name; the media node binds it, signaling connects to it
     * @param token both sides must know it; may be empty on loopback only
     * @param certificateFile PEM chain of the media node; empty: no TLS, on loopback only (media node)
     * @param privateKeyFile PEM key of the media node (media node)
     * @param trustFile PEM certificates that may have issued the node's; empty: no TLS, on loopback only (signaling)
     */
    public record Control(String host, int port, String token, String certificateFile, String privateKeyFile,
            String trustFile) {
        @Override
        public String toString() {
            return "Control[host=" + host + ", port=" + port + "]";
        }
    }

    /**
     * How the log looks.
     *
     * @param level error, warn, info, debug or trace
     * @param format text or json
     */
    public record Log(String level, String format) {}

    @Override
    public String toString() {
        return "ServerConfig";
    }
}
