// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.control;

import org.nhipcau.sfu.api.MediaCommand;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaReply;
import org.nhipcau.sfu.api.NodeDescription;

/** One message of the control link. */
sealed interface ControlMessage {

    /** Node to signaling, first on each stream. */
    record Hello(NodeDescription node) implements ControlMessage {}

    /** Signaling to node. @param id above 0, unique on the stream */
    record Command(long id, MediaCommand command) implements ControlMessage {}

    /** Node to signaling. @param id of the command */
    record Reply(long id, MediaReply reply) implements ControlMessage {}

    /** Node to signaling. */
    record Event(MediaEvent event) implements ControlMessage {}

    /**
     * What was received could not be read.
     *
     * @param id of the command or reply that it was, 0 where not even that could be read
     * @param problem English, holds nothing of the content
     */
    record Unreadable(long id, String problem) implements ControlMessage {}
}
