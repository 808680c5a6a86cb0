// SPDX-License-Identifier: Apache-2.0
import { AccessToken, RoomConfiguration, RoomServiceClient } from 'livekit-server-sdk';

export const apiKey = 'devkey';
export const apiSecret = 'devsecret-devsecret-devsecret-devs';

/** An access token for one person and room, made by the ordinary server SDK. */
export function token(identity, room, { name, metadata, attributes, ttl = '10m', grants = {}, tags } = {}) {
  const access = new AccessToken(apiKey, apiSecret, { identity, name: name ?? identity, metadata, attributes, ttl });
  access.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true, ...grants });
  if (tags) {
    access.roomConfig = new RoomConfiguration({ tags });
  }
  return access.toJwt();
}

export function roomService(server) {
  return new RoomServiceClient(server.httpUrl, apiKey, apiSecret);
}

let rooms = 0;

/** A room of its own for each test, so that none sees another's people. */
export function freshRoom(what) {
  rooms += 1;
  return `${what}-${process.pid}-${rooms}`;
}
