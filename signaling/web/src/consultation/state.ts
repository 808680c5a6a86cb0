// SPDX-License-Identifier: Apache-2.0
// What the server tells everybody of a consultation: in the room's metadata, and in attributes of who is in it.

import type { Key, Words } from '../i18n';

const stages = ['requested', 'accepted', 'declined', 'expired', 'scheduled', 'testing', 'waiting', 'in_session', 'suspended',
  'resumed', 'cancelled', 'concluded'] as const;

/** How far a consultation has come; unknown: a server newer than this page. */
export type Stage = (typeof stages)[number] | 'unknown';

/** As what somebody takes part. */
export type Role = 'chair' | 'secretary' | 'expert' | 'presenting_doctor' | 'patient' | 'caregiver' | 'trainee'
  | 'it_technician' | 'controller' | 'recorder';

/** What is done to the patient's face before others see it. */
export type FaceMode = 'off' | 'blur' | 'cover';

/** A consultation as everybody in the room knows it. */
export interface Consultation {
  readonly stage: Stage;
  readonly faceMode: FaceMode;
  readonly consent: boolean;
  /** Whose picture is on everybody's main screen. */
  readonly mainScreen: string | undefined;
  /** The hospital's own system records. */
  readonly recording: boolean;
  /** Begun without waiting or approval. */
  readonly emergency: boolean;
  /** Beside which covered track of this person's the server asks for the clear picture; told to them alone. */
  readonly offerClear: string;
}

/** Somebody's part in a consultation. */
export interface Part {
  readonly role: Role | undefined;
  readonly facility: string;
  readonly seat: 'lobby' | 'in' | undefined;
  /** The server says that the person's pictures are under the face policy, whatever the role. */
  readonly covered: boolean;
}

/** Names of consultations say nothing else, so a room of such a name is one whatever its metadata say. */
const consultationName = /^C_[1-9A-HJ-NP-Za-km-z]{12}$/;

/** What of a consultation is not told is taken to be what shows and allows least. */
const closed: Consultation = { stage: 'unknown', faceMode: 'cover', consent: false, mainScreen: undefined, recording: false, emergency: false, offerClear: '' };

/** The consultation that a room is; undefined: a plain room. */
export function consultationOf(roomName: string, metadata: string | undefined): Consultation | undefined {
  const told = fields(parse(metadata))['consultation'];
  if (told === undefined || told === null) {
    return consultationName.test(roomName) ? closed : undefined;
  }
  const all = fields(told);
  const policy = fields(all['facePolicy']);
  return {
    stage: oneOf(stages, all['state']) ?? 'unknown',
    faceMode: oneOf(['off', 'blur', 'cover'] as const, policy['mode']) ?? 'cover',
    consent: all['consent'] === true,
    mainScreen: typeof all['mainScreen'] === 'string' && all['mainScreen'] ? all['mainScreen'] : undefined,
    recording: all['recording'] === true,
    emergency: all['emergency'] === true,
    offerClear: typeof all['offerClear'] === 'string' ? all['offerClear'] : '',
  };
}

/** Somebody's part, as the attributes that the server gives them say. */
export function partOf(attributes: Readonly<Record<string, string>>): Part {
  return {
    role: roleNamed(attributes['nhipcau.role']),
    facility: attributes['nhipcau.facility'] ?? '',
    seat: oneOf(['lobby', 'in'] as const, attributes['nhipcau.seat']),
    covered: attributes['nhipcau.covered'] === 'true',
  };
}

const roles: readonly Role[] = ['chair', 'secretary', 'expert', 'presenting_doctor', 'patient', 'caregiver', 'trainee',
  'it_technician', 'controller', 'recorder'];

/** The role of a name, however it is written. */
export function roleNamed(name: unknown): Role | undefined {
  return oneOf(roles, name);
}

const roleTexts: Record<Role, Key> = {
  chair: 'roleChair',
  secretary: 'roleSecretary',
  expert: 'roleExpert',
  presenting_doctor: 'rolePresentingDoctor',
  patient: 'rolePatient',
  caregiver: 'roleCaregiver',
  trainee: 'roleTrainee',
  it_technician: 'roleTechnician',
  controller: 'roleController',
  recorder: 'roleRecorder',
};

/** Several roles in one line. */
export function rolesText(words: Words, roles: readonly Role[]): string {
  return roles.map((role) => words.say(roleText(role))).join(', ');
}

export function roleText(role: Role | undefined): Key {
  return role ? roleTexts[role] : 'roleUnknown';
}

const stageTexts: Record<Stage, Key> = {
  requested: 'stageRequested',
  accepted: 'stageAccepted',
  declined: 'stageDeclined',
  expired: 'stageExpired',
  scheduled: 'stageScheduled',
  testing: 'stageTesting',
  waiting: 'stageWaiting',
  in_session: 'stageInSession',
  suspended: 'stageSuspended',
  resumed: 'stageInSession',
  cancelled: 'stageCancelled',
  concluded: 'stageConcluded',
  unknown: 'stageUnknown',
};

export function stageText(stage: Stage): Key {
  return stageTexts[stage];
}

/** Roles whose pictures show no patient. Whoever is not known to have one of them is covered where anybody is. */
const uncovered: ReadonlySet<Role | undefined> = new Set<Role>(['chair', 'secretary', 'expert', 'presenting_doctor',
  'it_technician', 'controller']);

/** Whether this person's picture must be covered before it leaves the browser. */
export function mustCover(consultation: Consultation | undefined, part: Pick<Part, 'role' | 'covered'> | undefined): boolean {
  return !!consultation && consultation.faceMode !== 'off' && (!!part?.covered || !uncovered.has(part?.role));
}

/** Why a picture is shown as it is, or not shown; as the server tells this viewer alone. */
export type FaceNote =
  | { readonly kind: 'covered' | 'clear' }
  | { readonly kind: 'shut'; readonly reason: string };

const facePrefix = 'nhipcau.face.';

/** What is said of one track. */
export function faceNote(attributes: Readonly<Record<string, string>>, trackSid: string): FaceNote | undefined {
  return readNote(attributes[facePrefix + trackSid]);
}

/** A picture of this person that is not even announced here has a reason too; undefined: none is told. */
export function shutNote(attributes: Readonly<Record<string, string>>): FaceNote | undefined {
  for (const [key, value] of Object.entries(attributes)) {
    const note = key.startsWith(facePrefix) ? readNote(value) : undefined;
    if (note?.kind === 'shut') {
      return note;
    }
  }
  return undefined;
}

/** The track of this person that stays cut until somebody entitled releases it. */
export function latchedTrack(attributes: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(attributes).find((key) => key.startsWith(facePrefix) && attributes[key] === 'shut:latched')?.slice(facePrefix.length);
}

const shutTexts: Readonly<Record<string, Key>> = {
  policy: 'shutChecking',
  stream_changed: 'shutChecking',
  proof: 'shutChecking',
  silent: 'shutSilent',
  other_epoch: 'shutSilent',
  stale: 'shutStale',
  unresolved: 'shutStale',
  dead: 'shutDead',
  off: 'shutOff',
  latched: 'shutLatched',
  clear: 'shutOff',
  role: 'shutRole',
};

/** What a viewer reads in the place of a picture that is not shown. */
export function shutText(reason: string): Key {
  return shutTexts[reason] ?? 'shutOther';
}

function readNote(value: string | undefined): FaceNote | undefined {
  if (value === 'covered' || value === 'clear') {
    return { kind: value };
  }
  return value?.startsWith('shut') ? { kind: 'shut', reason: value.slice('shut:'.length) } : undefined;
}

/** One of some words, however it is written: `IN_SESSION`, `in-session` and `inSession` are the same. */
function oneOf<T extends string>(words: readonly T[], value: unknown): T | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  return words.find((word) => plain(word) === plain(value));
}

function parse(text: string | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {};
}
