// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.concurrent.CompletableFuture;
import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.peer.Peer;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.route.RemotePeer;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;

/** What other threads ask of a worker. Carried out on the worker's thread, in the order of their arrival. */
sealed interface WorkerCommand {
    /** A command of the control contract. */
    record Control(MediaCommand command, CompletableFuture<MediaReply> reply) implements WorkerCommand {}

    /** From now on there are pipes between this worker and another: from it and to it. */
    record Link(PipePort in, PipePort out) implements WorkerCommand {}

    /** A peer of another worker sends something to a room that this worker has a part of. */
    record Mirror(String roomId, RemotePeer peer, PipePort toPublisher, PipePort toViewers,
            CompletableFuture<MediaReply> reply) implements WorkerCommand {}

    /** A handshake thread has a datagram for its remote side. */
    record DtlsSend(Peer peer, byte[] datagram) implements WorkerCommand {}

    /** A handshake finished and its fingerprint was right. */
    record DtlsConnected(Peer peer, SrtpKeyMaterial keys) implements WorkerCommand {}

    /** A handshake failed, or an established association ended. */
    record DtlsEnded(Peer peer, PeerFailure failure) implements WorkerCommand {}

    /** End all rooms; the future completes when done. */
    record Stop(CompletableFuture<Void> stopped) implements WorkerCommand {}
}
