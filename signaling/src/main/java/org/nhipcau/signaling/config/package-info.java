// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration: one documented file of defaults ({@code reference.conf} beside this package), the operator's file
 * over it, then the environment and the command line.
 *
 * <p>Spec: HOCON (github.com/lightbend/config). Every record component of {@link org.nhipcau.signaling.SignalingConfig}
 * and {@link org.nhipcau.sfu.api.SfuConfig} has a key of the same name in kebab case; a test holds that.
 *
 * <p>Thread: start-up.
 */
package org.nhipcau.signaling.config;
