// SPDX-License-Identifier: Apache-2.0

import { LocalVideoTrack, type Track } from 'livekit-client';
import { COVER_HEIGHT, COVER_WIDTH } from './grey';

/**
 * A covered picture as the client library publishes it. The library takes up a camera anew in several cases (a device
 * change, a long sleep, an end of mute); all of these ways end here, for they lead to a picture that is not covered.
 */
export class CoveredTrack extends LocalVideoTrack {
  constructor(covered: MediaStreamTrack) {
    super(covered, undefined, true);
  }

  /** Known beforehand: a track that is made here tells no size before somebody looks at it. */
  override async waitForDimensions(): Promise<Track.Dimensions> {
    return { width: COVER_WIDTH, height: COVER_HEIGHT };
  }

  override async setDeviceId(): Promise<boolean> {
    return false;
  }

  override async restartTrack(): Promise<void> {
    throw refusal();
  }

  override async replaceTrack(): Promise<this> {
    throw refusal();
  }

  override async setProcessor(): Promise<void> {
    throw refusal();
  }

  protected override async restart(): Promise<this> {
    throw refusal();
  }
}

function refusal(): Error {
  return new DOMException('a covered track is never exchanged for another', 'NotAllowedError');
}
