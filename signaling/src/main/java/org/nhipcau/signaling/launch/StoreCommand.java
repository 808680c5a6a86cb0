// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.nhipcau.signaling.audit.PrivateFile;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.config.ServerConfig;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that works on the store: what fails is told in one line, and the exit code is 1. */
abstract class StoreCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    @Mixin
    private StoreOptions options;

    /** Does it; answers the exit code. */
    abstract int run(StoreOptions options) throws IOException, InvalidConfigException;

    @Override
    public final Integer call() throws InvalidConfigException {
        // Unconfigured, the log of the libraries would go to standard output, into what was asked for.
        Logging.configure(new ServerConfig.Log("warn", "text"));
        try {
            return run(options);
        } catch (IOException e) {
            err().println("nhipcau: " + e.getMessage());
        } catch (JournalUnavailableException e) {
            err().println("nhipcau: the store cannot be used now: " + e.getMessage());
        }
        return 1;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** A text, to a new file or to standard output. */
    void write(Path file, String text) throws IOException {
        if (file == null) {
            out().print(text);
            out().flush();
        } else {
            write(file, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Bytes, to a new file that only its owner may read: names may be in it. */
    static void write(Path file, byte[] bytes) throws IOException {
        try {
            PrivateFile.create(file);
            Files.write(file, bytes);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("the file " + file + " is there already", e);
        }
    }
}
