// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import org.nhipcau.signaling.store.Backend;

/** S8 for an outside platform, over PostgreSQL. */
class OutsidePlatformPostgresqlTest extends OutsidePlatformTest {
    @Override
    Backend backend() {
        return Backend.POSTGRESQL;
    }
}
