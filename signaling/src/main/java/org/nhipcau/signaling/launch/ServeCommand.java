// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.config.ServerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs a process until it is told to end: the common part of {@code up}, {@code signaling} and {@code sfu}. */
abstract class ServeCommand implements Callable<Integer> {
    private final Wiring wiring;

    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    @Mixin
    private ServerOptions options;

    ServeCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    /** Signaling and media in one process. */
    @Command(name = "up", description = "Run signaling and media in one process.")
    static final class Up extends ServeCommand {
        Up(Wiring wiring) {
            super(wiring);
        }

        @Override
        SignalingProcess start(ServerConfig config, Wiring wiring) throws IOException {
            return SignalingProcess.allInOne(config, wiring);
        }
    }

    /** Signaling alone. */
    @Command(name = "signaling", description = "Run signaling alone; the media node is at control.host and "
            + "control.port.")
    static final class Signaling extends ServeCommand {
        Signaling(Wiring wiring) {
            super(wiring);
        }

        @Override
        SignalingProcess start(ServerConfig config, Wiring wiring) throws IOException {
            return SignalingProcess.signalingAlone(config, wiring);
        }
    }

    /** A media node alone. */
    @Command(name = "sfu", description = "Run a media node alone; signaling connects to control.host and control.port.")
    static final class Sfu extends ServeCommand {
        Sfu(Wiring wiring) {
            super(wiring);
        }

        @Override
        boolean mediaNode() {
            return true;
        }

        @Override
        SignalingProcess start(ServerConfig config, Wiring wiring) throws IOException {
            return SignalingProcess.nodeAlone(config, wiring);
        }
    }

    abstract SignalingProcess start(ServerConfig config, Wiring wiring) throws IOException;

    boolean mediaNode() {
        return false;
    }

    @Override
    public Integer call() throws InvalidConfigException, InterruptedException {
        ServerConfig config = options.loader().mediaNode(mediaNode()).load();
        Logging.configure(config.log());
        try {
            makeDirectory(config.dataDir());
            SignalingProcess process = start(config, wiring);
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                process.close();
                ended.countDown();
            }, "shutdown"));
            spec.commandLine().getOut().println(process.readyLine());
            spec.commandLine().getOut().flush();
            ended.await();
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println("nhipcau: the server does not start: " + e.getMessage());
            return 1;
        }
    }

    private static void makeDirectory(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("data-dir is " + directory + ", which is a file; allowed: a directory", e);
        } catch (IOException e) {
            throw new IOException("data-dir is " + directory + ", which cannot be made", e);
        }
        if (!Files.isWritable(directory)) {
            throw new IOException("data-dir is " + directory + ", which cannot be written to");
        }
    }
}
