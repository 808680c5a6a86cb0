// SPDX-License-Identifier: Apache-2.0
// Where the access token comes from: the address's fragment (which browsers never send to a server), a pasted text, or,
// on a development server on this very machine, the server itself.

/** What the fragment of the page's address may bring along. */
export interface Invitation {
  token?: string;
  room?: string;
  name?: string;
}

/** Reads `#token=…&room=…&name=…`; anything else in the fragment is ignored. */
export function readFragment(fragment: string): Invitation {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  const invitation: Invitation = {};
  for (const key of ['token', 'room', 'name'] as const) {
    const value = values.get(key)?.trim();
    if (value) {
      invitation[key] = value;
    }
  }
  return invitation;
}

/** Room and name a token speaks of, for showing only: nothing is verified here. Nothing at all if it is no token. */
export function describeToken(token: string): { room: string; name: string; caregiver?: string } | undefined {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts[1]) {
    return undefined;
  }
  try {
    const bytes = Uint8Array.from(atob(parts[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== 'object' || claims === null) {
      return undefined;
    }
    const { video, name, sub, attributes } = claims as {
      video?: { room?: unknown }; name?: unknown; sub?: unknown; attributes?: Record<string, unknown>;
    };
    const caregiver = attributes?.['nhipcau.caregiver'];
    return {
      room: typeof video?.room === 'string' ? video.room : '',
      name: typeof name === 'string' && name ? name : typeof sub === 'string' ? sub : '',
      ...(typeof caregiver === 'string' ? { caregiver } : {}),
    };
  } catch {
    return undefined;
  }
}

/** Why no development token came. */
export class TokenRefused extends Error {
  constructor(readonly cause: 'notOffered' | 'unreachable') {
    super(cause);
  }
}

/** Asks a development server for a token; servers in production do not offer this and answer 404. */
export async function requestDevToken(base: string, room: string, name: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(new URL('dev/token', base), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ room, name }),
      cache: 'no-store',
    });
  } catch {
    throw new TokenRefused('unreachable');
  }
  if (!response.ok) {
    throw new TokenRefused('notOffered');
  }
  const answer = (await response.json()) as { token?: unknown };
  if (typeof answer.token !== 'string') {
    throw new TokenRefused('notOffered');
  }
  return answer.token;
}

/** The address clients connect to: the page's own host and path, with the WebSocket scheme. */
export function signalUrl(page: string): string {
  const url = new URL('.', page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  url.hash = '';
  return url.href.replace(/\/$/, '');
}
