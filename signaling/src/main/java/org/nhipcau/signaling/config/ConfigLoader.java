// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nhipcau.signaling.SignalingConfig;

/**
 * Puts the configuration together and refuses what is unknown or out of range.
 *
 * <p>Order, later wins: defaults, development mode, file, environment, command line. Thread: start-up.
 */
public final class ConfigLoader {
    /** Names in the environment that carry secrets. */
    public static final String KEYS_VARIABLE = "NHIPCAU_KEYS";
    public static final String CONTROL_TOKEN_VARIABLE = "NHIPCAU_CONTROL_TOKEN";
    public static final String STORE_KEY_VARIABLE = "NHIPCAU_STORE_KEY";

    /** Known to everybody: only for loopback. */
    static final String DEV_KEY = "devkey";
    static final String DEV_SECRET = "devsecret-devsecret-devsecret-devs";

    private static final int NODE_ADMIN_PORT = 7889;

    private final Map<String, String> environment;
    private Path file;
    private boolean dev;
    private boolean mediaNode;
    private final List<String> settings = new ArrayList<>();
    private boolean unreadable;

    /** @param environment variables of the process */
    public ConfigLoader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The operator's file; null: none. */
    public ConfigLoader file(Path path) {
        file = path;
        return this;
    }

    /** Development mode: known keys, and everything on loopback. */
    public ConfigLoader dev(boolean on) {
        dev = on;
        return this;
    }

    /** A media node in a process of its own needs no API keys, and has an admin port beside signaling's. */
    public ConfigLoader mediaNode(boolean alone) {
        mediaNode = alone;
        return this;
    }

    /** One key from the command line, as {@code key=value} in HOCON. */
    public ConfigLoader set(String assignment) {
        settings.add(assignment);
        return this;
    }

    /** One key from the command line, with a plain value. */
    public ConfigLoader set(String key, Object value) {
        settings.add(key + "=" + ConfigValueFactory.fromAnyRef(value).render(ConfigRenderOptions.concise()));
        return this;
    }

    /**
     * Puts the configuration together and checks it.
     *
     * @throws InvalidConfigException telling every problem
     */
    public ServerConfig load() throws InvalidConfigException {
        List<String> problems = new ArrayList<>();
        return load(checkedKeys(problems), problems);
    }

    private ServerConfig load(Config merged, List<String> problems) throws InvalidConfigException {
        ServerConfig read = new RecordReader(merged, problems).read(ServerConfig.class, "");
        stopOn(problems);
        ServerConfig config = withDevKeys(read);
        new ConfigChecks(config, !mediaNode, problems).run();
        stopOn(problems);
        return config;
    }

    /** Unknown keys are told together with values out of range; what cannot be read at all is told alone. */
    private Config checkedKeys(List<String> problems) throws InvalidConfigException {
        Config merged = merged(problems);
        if (unreadable) {
            stopOn(problems);
        }
        return merged;
    }

    /** The configuration for a command that works on the store: what only a server needs is not asked for. */
    public ServerConfig forStore() throws InvalidConfigException {
        List<String> problems = new ArrayList<>();
        ServerConfig read = new RecordReader(checkedKeys(problems), problems).read(ServerConfig.class, "");
        stopOn(problems);
        ConfigChecks.store(read.signaling().store(), problems);
        stopOn(problems);
        return read;
    }

    /** The API keys alone, for a command that signs; empty when none are configured. */
    public Map<String, String> keysOnly() throws InvalidConfigException {
        List<String> problems = new ArrayList<>();
        ServerConfig read = new RecordReader(checkedKeys(problems), problems).read(ServerConfig.class, "");
        stopOn(problems);
        return withDevKeys(read).signaling().keys();
    }

    /** Each key and the value in force, checked, secrets hidden; one line each, by name. */
    public List<String> inForce() throws InvalidConfigException {
        List<String> problems = new ArrayList<>();
        Config merged = checkedKeys(problems);
        load(merged, problems);
        List<String> lines = new ArrayList<>();
        merged.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> lines.add(
                entry.getKey() + " = " + KeyRedaction.shown(entry.getKey(), entry.getValue())));
        return lines;
    }

    /** The file that documents every key. */
    public static String documentation() {
        try (InputStream in = ConfigLoader.class.getResourceAsStream("reference.conf")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stopOn(List<String> problems) throws InvalidConfigException {
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
    }

    static Config defaults() {
        return ConfigFactory.parseResources(ConfigLoader.class, "reference.conf",
                ConfigParseOptions.defaults().setAllowMissing(false));
    }

    private Config merged(List<String> problems) {
        Config defaults = defaults();
        Config ofFile = ofFile(problems);
        checkKeys(ofFile, defaults, problems);
        Config ofCommandLine = ConfigFactory.empty();
        for (String setting : settings) {
            ofCommandLine = ofSetting(setting, problems).withFallback(ofCommandLine);
        }
        checkKeys(ofCommandLine, defaults, problems);
        Config environmentLayer = ofEnvironment(problems);
        boolean devMode = dev || truth(ofCommandLine.withFallback(ofFile), "signaling.dev");
        Config nodeLayer = mediaNode ? ConfigFactory.parseString("signaling.http.admin-port = " + NODE_ADMIN_PORT)
                : ConfigFactory.empty();
        Config devLayer = devMode ? ConfigFactory.parseString("signaling.dev = true, signaling.plain-rooms = true, "
                + "signaling.http.bind-address = \"127.0.0.1\", sfu.bind-address = \"127.0.0.1\", "
                + "control.host = \"127.0.0.1\"") : ConfigFactory.empty();
        try {
            return ofCommandLine.withFallback(environmentLayer).withFallback(ofFile).withFallback(devLayer)
                    .withFallback(nodeLayer).withFallback(defaults).resolve();
        } catch (ConfigException e) {
            unreadable = true;
            problems.add("the configuration cannot be resolved: " + e.getMessage());
            return defaults;
        }
    }

    private static boolean truth(Config config, String key) {
        return config.hasPath(key) && String.valueOf(config.getValue(key).unwrapped()).equals("true");
    }

    private Config ofFile(List<String> problems) {
        if (file == null) {
            return ConfigFactory.empty();
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            unreadable = true;
            problems.add("the configuration file " + file + " cannot be read");
            return ConfigFactory.empty();
        }
        try {
            return ConfigFactory.parseFile(file.toFile(), ConfigParseOptions.defaults()
                    .setSyntax(ConfigSyntax.CONF).setAllowMissing(false)).resolve();
        } catch (ConfigException e) {
            unreadable = true;
            problems.add("the configuration file cannot be read: " + e.getMessage());
            return ConfigFactory.empty();
        }
    }

    private static Config ofSetting(String setting, List<String> problems) {
        try {
            if (setting.indexOf('=') <= 0) {
                throw new ConfigException.BadPath(setting, "no key=value");
            }
            return ConfigFactory.parseString(setting).resolve();
        } catch (ConfigException e) {
            String key = setting.split("=", 2)[0];
            problems.add("the setting of " + key + " cannot be read; allowed: key=value");
            return ConfigFactory.empty();
        }
    }

    private Config ofEnvironment(List<String> problems) {
        Config layer = ConfigFactory.empty();
        String token = environment.getOrDefault(CONTROL_TOKEN_VARIABLE, "");
        if (!token.isEmpty()) {
            layer = layer.withValue("control.token", ConfigValueFactory.fromAnyRef(token));
        }
        String storeKey = environment.getOrDefault(STORE_KEY_VARIABLE, "").strip();
        if (!storeKey.isEmpty()) {
            layer = layer.withValue("signaling.store.key", ConfigValueFactory.fromAnyRef(storeKey));
        }
        String keys = environment.getOrDefault(KEYS_VARIABLE, "").strip();
        if (!keys.isEmpty()) {
            Map<String, String> parsed = new LinkedHashMap<>();
            for (String pair : keys.split("[,\n]")) {
                int colon = pair.indexOf(':');
                if (pair.isBlank()) {
                    continue;
                }
                if (colon <= 0 || pair.substring(colon + 1).isBlank()) {
                    problems.add(KEYS_VARIABLE + " is (hidden); allowed: \"key: secret\", pairs parted by commas");
                    return layer;
                }
                parsed.put(pair.substring(0, colon).strip(), pair.substring(colon + 1).strip());
            }
            layer = layer.withValue("signaling.keys", ConfigValueFactory.fromMap(parsed));
        }
        return layer;
    }

    private static ServerConfig withDevKeys(ServerConfig read) {
        SignalingConfig s = read.signaling();
        if (!s.dev() || !s.keys().isEmpty()) {
            return read;
        }
        SignalingConfig signaling = new SignalingConfig(s.http(), Map.of(DEV_KEY, DEV_SECRET), s.rooms(), s.sound(),
                s.limits(), s.webhooks(), s.quality(), s.paths(), s.store(), s.plainRooms(), true);
        return new ServerConfig(signaling, read.sfu(), read.control(), read.dataDir(), read.log());
    }

    /** Every key the defaults document is allowed, nothing else. */
    private void checkKeys(Config layer, Config defaults, List<String> problems) {
        Set<String> known = new TreeSet<>();
        collect("", defaults.root(), known);
        checkKeys("", layer.root(), defaults.root(), known, problems);
    }

    private void checkKeys(String prefix, ConfigObject layer, ConfigObject defaults, Set<String> known,
            List<String> problems) {
        for (Map.Entry<String, ConfigValue> entry : layer.entrySet()) {
            String key = prefix + entry.getKey();
            ConfigValue documented = defaults.get(entry.getKey());
            if (key.equals("signaling.keys")) {
                continue;
            }
            if (documented == null) {
                String meant = KeyNames.nearest(key, known);
                problems.add(key + " is not a key" + where(entry.getValue()) + "; "
                        + (meant == null ? "allowed: see the keys that \"config\" prints"
                                : "did you mean " + meant + "?"));
            } else if (documented instanceof ConfigObject section) {
                if (entry.getValue() instanceof ConfigObject inner) {
                    checkKeys(key + ".", inner, section, known, problems);
                } else {
                    unreadable = true;
                    problems.add(key + " is " + KeyRedaction.shown(key, entry.getValue())
                            + "; allowed: a section, { … }");
                }
            }
        }
    }

    private static String where(ConfigValue value) {
        int line = value.origin().lineNumber();
        return line > 0 && value.origin().filename() != null ? " (line " + line + ")" : "";
    }

    private static void collect(String prefix, ConfigObject section, Set<String> keys) {
        section.forEach((name, value) -> {
            if (value instanceof ConfigObject inner) {
                collect(prefix + name + ".", inner, keys);
            }
            keys.add(prefix + name);
        });
    }
}
