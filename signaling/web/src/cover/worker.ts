// SPDX-License-Identifier: Apache-2.0
// Covers the camera's picture off the page's thread, so that a busy page delays no frame and a hidden one stops none.

import { COVER_INTERVAL_MS, greyFrame } from './grey';
import { CoverLoop } from './loop';
import { type CoverNews, type CoverOrder, REPORT_INTERVAL_MS } from './messages';

/** What browsers have in a worker when they make tracks there, as the standard says. */
interface MakingScope {
  MediaStreamTrackProcessor?: new (init: { track: MediaStreamTrack }) => { readonly readable: ReadableStream<VideoFrame> };
  VideoTrackGenerator?: new () => { readonly track: MediaStreamTrack; readonly writable: WritableStream<VideoFrame> };
}

const scope = self as unknown as MakingScope & {
  postMessage(news: CoverNews, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<CoverOrder>) => void) | null;
};

function tell(news: CoverNews, transfer: Transferable[] = []): void {
  scope.postMessage(news, transfer);
}

async function cover(readable: ReadableStream<VideoFrame>, writable: WritableStream<VideoFrame>): Promise<void> {
  const loop = new CoverLoop(readable.getReader(), writable.getWriter(), greyFrame, COVER_INTERVAL_MS, () => performance.now());
  const reports = setInterval(() => tell({ kind: 'report', counts: loop.counts() }), REPORT_INTERVAL_MS);
  try {
    await loop.run();
    tell({ kind: 'ended' });
  } catch {
    tell({ kind: 'failed' });
  } finally {
    // No frames and no reports: whoever waits for either learns that it is over.
    clearInterval(reports);
  }
}

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case 'probe':
      tell({ kind: 'able', able: !!scope.MediaStreamTrackProcessor && !!scope.VideoTrackGenerator });
      break;
    case 'streams':
      void cover(data.readable, data.writable);
      break;
    case 'track': {
      if (!scope.MediaStreamTrackProcessor || !scope.VideoTrackGenerator) {
        tell({ kind: 'failed' });
        break;
      }
      const { readable } = new scope.MediaStreamTrackProcessor({ track: data.track });
      const { track, writable } = new scope.VideoTrackGenerator();
      tell({ kind: 'made', track }, [track as unknown as Transferable]);
      void cover(readable, writable);
      break;
    }
  }
};
