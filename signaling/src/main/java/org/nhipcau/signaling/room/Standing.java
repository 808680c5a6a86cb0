// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.Map;
import org.nhipcau.sfu.api.Importance;
import org.nhipcau.signaling.session.Permission;

/**
 * What somebody is in a governed room.
 *
 * @param inside false: in the lobby, where nothing is heard, seen or sent
 * @param attributes the server's own, shown to all who may know of the person
 */
public record Standing(boolean inside, Permission permission, Map<String, String> attributes, Importance importance) {
    public Standing {
        attributes = Map.copyOf(attributes);
    }
}
