// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch.remote;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.nhipcau.signaling.client.ApiException;
import org.nhipcau.signaling.client.NhipcauClient;
import org.nhipcau.signaling.config.ConfigLoader;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.rest.key.OperatorTokens;
import org.nhipcau.signaling.rest.key.Scope;
import org.nhipcau.signaling.rest.route.Problem;
import org.nhipcau.signaling.token.TokenIssuer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the server is, as whom to speak to it, and how to print: on every command of this package. */
public final class RemoteOptions {
    static final String KEY_VARIABLE = "NHIPCAU_API_KEY";
    static final String SERVER_VARIABLE = "NHIPCAU_SERVER";
    private static final String DEFAULT_SERVER = "http://127.0.0.1:7880/";
    private static final long OPERATOR_TTL_S = 300;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--server", paramLabel = "URL", description = "The server (default: " + SERVER_VARIABLE
            + " in the environment, else " + DEFAULT_SERVER + ").")
    private URI server;

    @Option(names = "--key-file", paramLabel = "FILE", description = "File with an API key (default: " + KEY_VARIABLE
            + " in the environment).")
    private Path keyFile;

    @Option(names = "--config", paramLabel = "FILE", description = "Without an API key: act as the operator, who holds "
            + "a secret of this configuration file.")
    private Path config;

    @Option(names = "--dev", description = "Without an API key: act as the operator of a development server.")
    private boolean dev;

    @Option(names = "--json", description = "Print what the server answers.")
    private boolean json;

    /** What a command does. */
    @FunctionalInterface
    interface Work {
        void run(NhipcauClient client, Printer out) throws IOException;
    }

    /** Carries a command out; answers its exit code. */
    int run(Work work) throws InvalidConfigException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        URI target = target();
        if (!"https".equals(target.getScheme()) && !loopback(target.getHost())) {
            err.println("nhipcau: cảnh báo: kết nối không mã hóa, khóa có thể bị lộ · warning: not encrypted, the key "
                    + "may be read on its way");
        }
        try (NhipcauClient client = new NhipcauClient(target, credential())) {
            work.run(client, new Printer(out, json));
            return 0;
        } catch (ApiException e) {
            tell(e, err);
            return 1;
        }
    }

    /** Prints what needs no server. */
    int printed(Consumer<Printer> work) {
        work.accept(new Printer(spec.commandLine().getOut(), json));
        return 0;
    }

    private static void tell(ApiException e, PrintWriter err) {
        Problem problem = e.problem();
        if (problem == null) {
            err.println("nhipcau: máy chủ không trả lời như mong đợi · " + e.getMessage());
            return;
        }
        err.println("nhipcau: " + problem.titleVi() + " · " + problem.title());
        if (problem.detailVi() != null) {
            err.println("  " + problem.detailVi());
        }
        if (problem.detail() != null) {
            err.println("  " + problem.detail());
        }
        if (problem.errors() != null) {
            problem.errors().forEach(each -> err.println("  " + each.pointer() + ": " + each.detail()));
        }
    }

    private URI target() {
        String given = System.getenv().getOrDefault(SERVER_VARIABLE, DEFAULT_SERVER);
        URI uri = server == null ? URI.create(given) : server;
        if (uri.getHost() == null || !"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            throw new ParameterException(spec.commandLine(), "--server is '" + uri + "'; allowed: http(s)://host[:port]/");
        }
        return uri;
    }

    private static boolean loopback(String host) {
        try {
            return host.equals("localhost") || InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    private String credential() throws InvalidConfigException, IOException {
        if (keyFile != null) {
            return Files.readString(keyFile, StandardCharsets.UTF_8).strip();
        }
        String key = System.getenv().getOrDefault(KEY_VARIABLE, "").strip();
        if (!key.isEmpty()) {
            return key;
        }
        Map<String, String> keys = new TreeMap<>(new ConfigLoader(System.getenv()).file(config).dev(dev).keysOnly());
        if (keys.isEmpty() && dev) {
            keys.putAll(new ConfigLoader(Map.of()).dev(true).keysOnly());
        }
        if (keys.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "there is no API key; allowed: --key-file FILE, "
                    + KEY_VARIABLE + " in the environment, or for the operator --config FILE or --dev");
        }
        return OperatorTokens.mint(new TokenIssuer(keys), keys.keySet().iterator().next(),
                EnumSet.allOf(Scope.class), OPERATOR_TTL_S);
    }

    /** Query parameters without those that were not given. */
    static Map<String, String> query(String... namesAndValues) {
        Map<String, String> query = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null) {
                query.put(namesAndValues[i], namesAndValues[i + 1]);
            }
        }
        return query;
    }
}
