// SPDX-License-Identifier: Apache-2.0
// What the page and the covering worker say to each other.

import type { CoverCounts } from './loop';

/** To the worker. */
export type CoverOrder =
  /** Can you make a track yourself? */
  | { readonly kind: 'probe' }
  /** The page made both ends. */
  | { readonly kind: 'streams'; readonly readable: ReadableStream<VideoFrame>; readonly writable: WritableStream<VideoFrame> }
  /** Make both ends for this camera track. */
  | { readonly kind: 'track'; readonly track: MediaStreamTrack };

/** From the worker. */
export type CoverNews =
  | { readonly kind: 'able'; readonly able: boolean }
  /** The covered track, where the worker made it. */
  | { readonly kind: 'made'; readonly track: MediaStreamTrack }
  | { readonly kind: 'report'; readonly counts: CoverCounts }
  /** The camera gives no more frames. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed' };

/** So often the worker tells its counts. */
export const REPORT_INTERVAL_MS = 250;
