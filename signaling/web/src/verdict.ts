// SPDX-License-Identifier: Apache-2.0
import { ConnectionQuality } from 'livekit-client';
import type { Cause } from './cause';

/** What the server says of a person's own uplink: the mark is of both directions, the cause tells which it is. */
export function uplinkVerdict(quality: ConnectionQuality, cause: Cause): 'unknown' | 'good' | 'weak' {
  if (quality === ConnectionQuality.Unknown) {
    return 'unknown';
  }
  const unexplained = quality === ConnectionQuality.Lost || quality === ConnectionQuality.Poor && cause === 'none';
  return cause === 'uplink' || unexplained ? 'weak' : 'good';
}
