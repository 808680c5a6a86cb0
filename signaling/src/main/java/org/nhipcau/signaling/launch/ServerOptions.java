// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nhipcau.signaling.config.ConfigLoader;
import picocli.CommandLine.Option;

/** Options that every command with a configuration has; each goes over the file. */
final class ServerOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file; \"config --defaults\" shows "
            + "every key.")
    private Path file;

    @Option(names = "--dev", description = "Development mode: known keys, everything on loopback.")
    private boolean dev;

    @Option(names = "--data", paramLabel = "DIR", description = "Where state is kept (data-dir).")
    private String data;

    @Option(names = "--port", paramLabel = "PORT", description = "Public port (signaling.http.port).")
    private Integer port;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "Public address (signaling.http.bind-address).")
    private String bind;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "Port for health and metrics "
            + "(signaling.http.admin-port).")
    private Integer adminPort;

    @Option(names = "--media-port", paramLabel = "PORT", description = "First UDP port (sfu.first-port).")
    private Integer mediaPort;

    @Option(names = "--media-bind", paramLabel = "ADDRESS", description = "UDP address (sfu.bind-address).")
    private String mediaBind;

    @Option(names = "--control-port", paramLabel = "PORT", description = "Port between signaling and a media node "
            + "(control.port).")
    private Integer controlPort;

    @Option(names = "--log-format", paramLabel = "FORMAT", description = "text or json (log.format).")
    private String logFormat;

    @Option(names = "--log-level", paramLabel = "LEVEL", description = "error, warn, info, debug or trace (log.level).")
    private String logLevel;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any key of the configuration; may be repeated.")
    private List<String> settings = new ArrayList<>();

    /** The configuration that these options and the environment ask for. */
    ConfigLoader loader() {
        ConfigLoader loader = new ConfigLoader(System.getenv()).file(file).dev(dev);
        set(loader, "data-dir", data);
        set(loader, "signaling.http.port", port);
        set(loader, "signaling.http.bind-address", bind);
        set(loader, "signaling.http.admin-port", adminPort);
        set(loader, "sfu.first-port", mediaPort);
        set(loader, "sfu.bind-address", mediaBind);
        set(loader, "control.port", controlPort);
        set(loader, "log.format", logFormat);
        set(loader, "log.level", logLevel);
        settings.forEach(loader::set);
        return loader;
    }

    private static void set(ConfigLoader loader, String key, Object value) {
        if (value != null) {
            loader.set(key, value);
        }
    }
}
