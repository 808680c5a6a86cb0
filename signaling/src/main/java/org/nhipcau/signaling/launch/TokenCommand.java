// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.token.Grants;
import org.nhipcau.signaling.token.TokenIssuer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints an access token. */
@Command(name = "token", description = "Print an access token, signed with a configured API key (the development key "
        + "when there is none).")
final class TokenCommand implements Callable<Integer> {
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,8})([smhd]?)");
    private static final Map<String, Long> UNIT_S = Map.of("", 1L, "s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L);
    private static final long MAX_TTL_S = 366 * 86_400L;
    private static final List<String> SOURCES = List.of("camera", "microphone", "screen_share", "screen_share_audio");

    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file with the keys.")
    private java.nio.file.Path file;

    @Option(names = "--dev", description = "Sign with the development key.")
    private boolean dev;

    @Option(names = "--api-key", paramLabel = "NAME", description = "Which key signs; the first by name if not given.")
    private String apiKey = "";

    @Option(names = "--identity", paramLabel = "ID", description = "Who the token is for.")
    private String identity = "";

    @Option(names = "--room", paramLabel = "ROOM", description = "The room it is for; gives the right to join it.")
    private String room = "";

    @Option(names = "--name", paramLabel = "NAME", description = "Name shown to others.")
    private String name = "";

    @Option(names = "--role", paramLabel = "ROLE", description = "Role in the consultation: a word in lower case.")
    private String role = "";

    @Option(names = "--consultation", description = "A join that makes the room makes it a consultation: seats are kept "
            + "longer for those who lose their connection.")
    private boolean consultation;

    @Option(names = "--ttl", paramLabel = "TIME", description = "Life, e.g. 90s, 10m, 6h or 2d (default 6h).")
    private String ttl = "6h";

    @Option(names = "--metadata", paramLabel = "TEXT", description = "Visible to everybody in the room.")
    private String metadata = "";

    @Option(names = "--attribute", paramLabel = "KEY=VALUE", description = "Visible to everybody; may be repeated.")
    private Map<String, String> attributes = new HashMap<>();

    @Option(names = "--publish", negatable = true, description = "May send media (default: yes).")
    private Boolean publish;

    @Option(names = "--subscribe", negatable = true, description = "May receive media (default: yes).")
    private Boolean subscribe;

    @Option(names = "--publish-data", negatable = true, description = "May send data (default: as --publish).")
    private Boolean publishData;

    @Option(names = "--publish-source", paramLabel = "SOURCE", split = ",",
            description = "Only these: camera, microphone, screen_share, screen_share_audio.")
    private List<String> sources = new ArrayList<>();

    @Option(names = "--update-metadata", negatable = true, description = "May change own name and attributes "
            + "(default: no).")
    private Boolean updateMetadata;

    @Option(names = "--hidden", description = "Others do not see the participant.")
    private boolean hidden;

    @Option(names = "--admin", description = "Server API: may manage the room.")
    private boolean admin;

    @Option(names = "--create", description = "Server API: may make and delete rooms.")
    private boolean create;

    @Option(names = "--list", description = "Server API: may list rooms.")
    private boolean list;

    @Override
    public Integer call() throws InvalidConfigException {
        check();
        Map<String, String> keys = new TreeMap<>(keys());
        String signer = apiKey.isEmpty() ? keys.keySet().iterator().next() : apiKey;
        if (!keys.containsKey(signer)) {
            throw new ParameterException(spec.commandLine(), "--api-key is '" + signer
                    + "'; allowed: a name of the configured keys: " + String.join(", ", keys.keySet()));
        }
        Grants.Video video = new Grants.Video(create, list, false, admin, !identity.isEmpty() && !room.isEmpty(), room,
                publish, subscribe, publishData, sources, updateMetadata, false, hidden, false, false, "");
        Grants grants = new Grants(signer, identity, name, metadata, attributes, "", 0, 0,
                consultation ? Grants.CONSULTATION_ROOM : "", "", role, video);
        spec.commandLine().getOut().println(new TokenIssuer(keys).mint(grants, ttlS()));
        return 0;
    }

    private Map<String, String> keys() throws InvalidConfigException {
        Map<String, String> keys = new ConfigLoader(System.getenv()).file(file).dev(dev).keysOnly();
        if (keys.isEmpty()) {
            spec.commandLine().getErr().println("nhipcau: no API keys are configured; signing with the development "
                    + "key, which only a server in development mode takes");
            keys = new ConfigLoader(Map.of()).dev(true).keysOnly();
        }
        return keys;
    }

    private void check() {
        boolean serverApi = admin || create || list;
        if (!serverApi && (identity.isBlank() || room.isBlank())) {
            throw new ParameterException(spec.commandLine(),
                    "--identity and --room are required (or --admin, --create, --list for the server API)");
        }
        if (admin && room.isBlank()) {
            throw new ParameterException(spec.commandLine(), "--admin needs --room");
        }
        if (!role.isEmpty() && !role.matches("[a-z][a-z0-9_-]{0,31}")) {
            throw new ParameterException(spec.commandLine(), "--role is '" + role
                    + "'; allowed: lower case letters, digits, - and _, at most 32, a letter first");
        }
        sources.replaceAll(source -> source.toLowerCase(Locale.ROOT));
        for (String source : sources) {
            if (!SOURCES.contains(source)) {
                throw new ParameterException(spec.commandLine(), "--publish-source is '" + source + "'; allowed: "
                        + String.join(", ", SOURCES));
            }
        }
        ttlS();
    }

    private long ttlS() {
        Matcher matcher = DURATION.matcher(ttl);
        long seconds = matcher.matches() ? Long.parseLong(matcher.group(1)) * UNIT_S.get(matcher.group(2)) : 0;
        if (seconds < 1 || seconds > MAX_TTL_S) {
            throw new ParameterException(spec.commandLine(), "--ttl is '" + ttl
                    + "'; allowed: 1s to 366d, e.g. 90s, 10m, 6h or 2d");
        }
        return seconds;
    }
}
