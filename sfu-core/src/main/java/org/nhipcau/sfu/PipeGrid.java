// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.worker.MediaWorkerProxy;

/**
 * The pipes between the workers of this node: one for each direction between two workers, made when a room first spans
 * both.
 *
 * <p>Thread: any, under its monitor; control path only. Owns: the pipes.
 */
final class PipeGrid implements AutoCloseable {
    private record Way(MediaWorkerProxy from, MediaWorkerProxy to) {}

    private final Map<Way, PipePort> pipes = new HashMap<>();
    private final Set<Way> connected = new HashSet<>();

    /** Makes the pipes between two workers and tells both. @return false when one of them could not be told: try again */
    synchronized boolean connect(MediaWorkerProxy a, MediaWorkerProxy b) {
        Way there = new Way(a, b);
        Way back = new Way(b, a);
        if (connected.contains(there)) {
            return true;
        }
        PipePort forth = pipes.computeIfAbsent(there, way -> new PipePort(PipePort.DEFAULT_SLOTS, b::wakeUp));
        PipePort home = pipes.computeIfAbsent(back, way -> new PipePort(PipePort.DEFAULT_SLOTS, a::wakeUp));
        return a.link(home, forth) && b.link(forth, home) && connected.add(there) && connected.add(back);
    }

    /** The pipe from one worker to another; both are connected. */
    synchronized PipePort pipe(MediaWorkerProxy from, MediaWorkerProxy to) {
        return pipes.get(new Way(from, to));
    }

    /** Frees the pipes' memory. Only when all workers have ended. */
    @Override
    public synchronized void close() {
        pipes.values().forEach(PipePort::close);
        pipes.clear();
    }
}
