// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest;

import org.nhipcau.signaling.store.Backend;

/** How the API behaves, over PostgreSQL. */
class RestApiPostgresqlTest extends RestApiTest {
    @Override
    Backend backend() {
        return Backend.POSTGRESQL;
    }
}
