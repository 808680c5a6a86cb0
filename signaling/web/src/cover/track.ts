// SPDX-License-Identifier: Apache-2.0

import { LocalVideoTrack, type Track } from 'livekit-client';
import { COVER_HEIGHT, COVER_WIDTH } from './grey';

/**
 * A picture that the client library publishes as it is. The library takes up a camera anew in several cases (a device
 * change, a long sleep, an end of mute); all of these ways end here, for they lead to a picture that is another.
 */
export class FixedTrack extends LocalVideoTrack {
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

/** A covered picture. */
export class CoveredTrack extends FixedTrack {
  constructor(covered: MediaStreamTrack) {
    super(covered, undefined, true);
  }

  /** Known beforehand: a track that is made here tells no size before somebody looks at it. */
  override async waitForDimensions(): Promise<Track.Dimensions> {
    return { width: COVER_WIDTH, height: COVER_HEIGHT };
  }
}

function refusal(): Error {
  return new DOMException('such a track is never exchanged for another', 'NotAllowedError');
}
