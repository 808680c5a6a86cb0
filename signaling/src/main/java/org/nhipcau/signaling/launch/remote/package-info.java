// SPDX-License-Identifier: Apache-2.0
/**
 * The everyday commands of those who run consultations: facilities, staff, consultations and API keys. They speak to a
 * running server by its REST API and see no more of it than another platform does.
 *
 * <p>What is printed is in Vietnamese first. Thread: the command's. Floor: above {@code client}. Reading order:
 * {@link org.nhipcau.signaling.launch.remote.RemoteOptions}, then the commands.
 */
package org.nhipcau.signaling.launch.remote;
