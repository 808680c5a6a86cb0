// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;

/** Shows values to operators, secrets never. */
final class KeyRedaction {
    private static final int MAX_CHARS = 80;

    private KeyRedaction() {}

    static boolean secret(String key) {
        return key.equals("signaling.keys") || key.startsWith("signaling.keys.") || key.equals("control.token")
                || key.equals("signaling.paths.key") || key.equals("signaling.store.key")
                // It may hold a password.
                || key.equals("signaling.store.url");
    }

    static String shown(String key, ConfigValue value) {
        if (secret(key)) {
            return "(hidden)";
        }
        String text = value.render(ConfigRenderOptions.concise());
        return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + "…";
    }
}
