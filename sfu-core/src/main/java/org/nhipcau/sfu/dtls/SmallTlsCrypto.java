// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.security.SecureRandom;
import org.bouncycastle.crypto.modes.AEADBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.gcm.BasicGCMMultiplier;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * Bouncy Castle's primitives with an AES-GCM that keeps no tables: an association lives for hours and protects three or
 * four records in all, so 9 KB of tables per direction buy nothing. Thread: any, as its parent.
 */
final class SmallTlsCrypto extends BcTlsCrypto {
    SmallTlsCrypto(SecureRandom random) {
        super(random);
    }

    @Override
    protected AEADBlockCipher createAEADBlockCipher_AES_GCM() {
        return GCMBlockCipher.newInstance(createAESEngine(), new BasicGCMMultiplier());
    }
}
