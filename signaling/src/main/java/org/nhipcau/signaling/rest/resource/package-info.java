// SPDX-License-Identifier: Apache-2.0
/**
 * The things the REST API serves, each with its routes and the records of its bodies. Nothing is decided here: the
 * domain decides, the store keeps, and this package translates, and holds keys to their facilities.
 *
 * <p>Specs: requirements S8, C2 to C8, D1 to D4. What a key may not see is answered as if it were not there.
 *
 * <p>Thread: a virtual one per request; calls block. Floor: above {@code route}, {@code consultation} and
 * {@code store}. Reading order: {@link org.nhipcau.signaling.rest.resource.ConsultationResource},
 * {@link org.nhipcau.signaling.rest.resource.RosterResource}, the others by name.
 */
package org.nhipcau.signaling.rest.resource;
