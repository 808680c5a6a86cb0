// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import java.net.InetAddress;

/**
 * Where the control link is and how it is protected. It holds a secret: its text never shows it.
 *
 * <p>Beyond loopback the link needs TLS and a token. Empty strings mean: none.
 *
 * @param host literal or name; the node binds it, signaling connects to it
 * @param port TCP; 0 binds any free one (tests)
 * @param token shared secret of both sides
 * @param certificateFile PEM chain of the node (node only)
 * @param privateKeyFile PEM key of the node (node only)
 * @param trustFile PEM certificates that signaling accepts as issuers of the node's (signaling only)
 */
public record ControlSettings(String host, int port, String token, String certificateFile, String privateKeyFile,
        String trustFile) {
    private static final int MIN_TOKEN_CHARS = 32;

    /** @throws IllegalArgumentException naming the first value that is not allowed, and what is */
    public ControlSettings {
        if (host.isBlank()) {
            throw new IllegalArgumentException("control.host is empty; allowed: an address literal or a host name");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("control.port is " + port + "; allowed: 0 to 65535");
        }
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("control.token has a character that is not allowed; "
                    + "allowed: ASCII letters, digits and signs without spaces");
        }
        if (token.length() < MIN_TOKEN_CHARS && !(token.isEmpty() && isLoopback(host))) {
            throw new IllegalArgumentException("control.token has " + token.length() + " characters; allowed: "
                    + MIN_TOKEN_CHARS + " or more, empty only where control.host is loopback");
        }
        if (certificateFile.isEmpty() != privateKeyFile.isEmpty()) {
            throw new IllegalArgumentException(
                    "of control.certificate-file and control.private-key-file one is empty; allowed: both or none");
        }
    }

    /** @throws IllegalArgumentException when a node would be controlled in the clear from beyond loopback */
    void checkServer() {
        if (!isLoopback(host) && certificateFile.isEmpty()) {
            throw new IllegalArgumentException("control.host is not loopback and control.certificate-file is empty; "
                    + "allowed: loopback, or TLS by control.certificate-file and control.private-key-file");
        }
    }

    /** @throws IllegalArgumentException when a node beyond loopback would be spoken to in the clear */
    void checkClient() {
        if (!isLoopback(host) && trustFile.isEmpty()) {
            throw new IllegalArgumentException("control.host is not loopback and control.trust-file is empty; "
                    + "allowed: loopback, or TLS by control.trust-file");
        }
    }

    /** In the clear, on loopback. */
    public static ControlSettings loopback(String host, int port, String token) {
        return new ControlSettings(host, port, token, "", "", "");
    }

    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false; // A name: it is not looked up for this.
        }
    }

    @Override
    public String toString() {
        return "ControlSettings";
    }
}
