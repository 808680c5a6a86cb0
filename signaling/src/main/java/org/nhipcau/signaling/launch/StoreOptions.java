// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.config.ServerConfig;
import picocli.CommandLine.Option;

/** Options of the commands that work on the store. */
final class StoreOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file of the server.")
    private Path file;

    @Option(names = "--data", paramLabel = "DIR", description = "Where state is kept (data-dir).")
    private String data;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any key of the configuration; may be repeated.")
    private List<String> settings = new ArrayList<>();

    /** The configuration; the data directory must be there, since a command that reads makes none. */
    ServerConfig config() throws InvalidConfigException, IOException {
        ServerConfig config = anywhere();
        if (!Files.isDirectory(config.dataDir())) {
            throw new IOException("data-dir is " + config.dataDir() + ", which is no directory; --data names another");
        }
        return config;
    }

    /** The configuration; the data directory may be made. */
    ServerConfig anywhere() throws InvalidConfigException {
        ConfigLoader loader = new ConfigLoader(System.getenv()).file(file);
        if (data != null) {
            loader.set("data-dir", data);
        }
        settings.forEach(loader::set);
        return loader.forStore();
    }
}
