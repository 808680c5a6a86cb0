// SPDX-License-Identifier: Apache-2.0
// The three ways in which browsers let a page put a picture in the place of a camera's, best first.

/** A way and what it needs. */
export type CoverPath =
  /** The page makes both ends and hands them to the worker (Chromium and its kin). */
  | 'streams'
  /** The worker makes both ends itself (as standardised; Safari). */
  | 'worker'
  /** A canvas on the page, which stands still in a hidden tab: so does the picture, and the server stops forwarding it. */
  | 'canvas';

/** What browsers have on the page for the first way. */
export interface StreamScope {
  readonly MediaStreamTrackProcessor?: new (init: { track: MediaStreamTrack }) => { readonly readable: ReadableStream<VideoFrame> };
  readonly MediaStreamTrackGenerator?: new (init: { kind: 'video' }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}

/** The ways to try, in this order; whether a worker can make tracks only a worker knows. */
export function pathsOf(scope: StreamScope & { Worker?: unknown }, canvas: Partial<HTMLCanvasElement>, video: Partial<HTMLVideoElement>): CoverPath[] {
  const paths: CoverPath[] = [];
  if (scope.Worker) {
    if (scope.MediaStreamTrackProcessor && scope.MediaStreamTrackGenerator) {
      paths.push('streams');
    } else {
      paths.push('worker');
    }
  }
  if (typeof canvas.captureStream === 'function' && typeof video.requestVideoFrameCallback === 'function') {
    paths.push('canvas');
  }
  return paths;
}
