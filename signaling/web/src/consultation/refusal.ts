// SPDX-License-Identifier: Apache-2.0

import type { Key } from '../i18n';

const reasons: Readonly<Record<string, Key>> = {
  'not-found': 'joinNotOnList',
  'not-on-list': 'joinNotOnList',
  'not-approved': 'joinNotApproved',
  denied: 'joinTurnedAway',
  removed: 'joinTurnedAway',
  'recorder-not-allowed': 'joinTurnedAway',
  'too-early': 'joinNotOpen',
  'not-scheduled': 'joinNotOpen',
  'wrong-state': 'joinNotOpen',
  declined: 'joinOver',
  expired: 'joinOver',
  concluded: 'joinOver',
};

/**
 * Why a consultation lets somebody not in: the server's text begins with a code and a colon; the client library may put
 * words of its own before it. Undefined: it is no such text.
 */
export function refusalText(message: string): Key | undefined {
  for (const [, code] of message.matchAll(/(?:^|: )([a-z-]+)(?=:|$)/g)) {
    if (code && Object.hasOwn(reasons, code)) {
      return reasons[code];
    }
  }
  return undefined;
}
