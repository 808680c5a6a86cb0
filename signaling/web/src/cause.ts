// SPDX-License-Identifier: Apache-2.0
import type { Key } from './i18n';

/** Why somebody's picture and sound are bad here, as the server found out. */
export type Cause = 'none' | 'uplink' | 'downlink' | 'camera' | 'server';

/** In the order of the server's numbers. */
export const causes: readonly Cause[] = ['none', 'uplink', 'downlink', 'camera', 'server'];

/** Field of ConnectionQualityInfo that our server adds and the client library passes over. */
const causeField = 1000;
const varint = 0;

/** As much of a message of the client library as is needed to find a field it does not know. */
export interface QualityInfo {
  readonly participantSid: string;
  getType(): {
    runtime: { bin: { listUnknownFields(message: never): ReadonlyArray<{ no: number; wireType: number; data: Uint8Array }> } };
  };
}

/** The fields of a quality message that the client library passes over. */
export function unknownFields(info: QualityInfo): ReadonlyArray<{ no: number; wireType: number; data: Uint8Array }> {
  return info.getType().runtime.bin.listUnknownFields(info as never);
}

/** The cause in a quality message; none when the server tells none, or one that this page does not know yet. */
export function causeIn(info: QualityInfo): Cause {
  const field = unknownFields(info).filter((each) => each.no === causeField && each.wireType === varint).at(-1);
  return causes[field?.data[0] ?? 0] ?? 'none';
}

/** What a tile says about a cause. */
export function causeText(cause: Cause, local: boolean): Key | undefined {
  switch (cause) {
    case 'none':
      return undefined;
    case 'uplink':
      return local ? 'causeOwnUplink' : 'causeUplink';
    case 'downlink':
      return 'causeDownlink';
    case 'camera':
      return local ? 'causeOwnCamera' : 'causeCamera';
    case 'server':
      return 'causeServer';
  }
}
