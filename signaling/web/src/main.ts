// SPDX-License-Identifier: Apache-2.0
import { ConnectionError, ConnectionErrorReason, DisconnectReason, setLogLevel } from 'livekit-client';
import { askForLostSound } from './again';
import { Call } from './call';
import { Pane } from './consultation/pane';
import { refusalText } from './consultation/refusal';
import { SessionClient } from './consultation/session';
import { Controls } from './controls';
import { SenderGuard } from './cover/guard';
import { byId } from './dom';
import { type Key, Words } from './i18n';
import { rememberedLanguage, rememberLanguage } from './language';
import { LinkPanel } from './quality/link';
import { describeToken, readFragment, requestDevToken, signalUrl, TokenRefused } from './token';

setLogLevel('warn');

// Before there is a connection to watch.
const guard = new SenderGuard();
guard.install(window);
askForLostSound(window);

const words = new Words(rememberedLanguage());
const lobby = byId('lobby');
const stage = byId('call');
const nameField = byId<HTMLInputElement>('name');
const roomField = byId<HTMLInputElement>('room');
const tokenField = byId<HTMLTextAreaElement>('token');
const failure = byId('failure');
const banner = byId('status');
const pane = new Pane(words);
const controls = new Controls(words, () => call);
const linkPanel = new LinkPanel(words, () => call?.link);
let call: Call | undefined;
let failureKey: Key | undefined;
let bannerTimer: ReturnType<typeof setTimeout> | undefined;
/** With what the last call was joined, for as long as this page is open: to come back takes one press. */
let lastToken = '';
let lastDevices: Call['wanted'] | undefined;

function takeInvitation(): void {
  const invitation = readFragment(location.hash);
  if (invitation.token) {
    tokenField.value = invitation.token;
    // Out of the address bar, the history and anything that copies the address.
    history.replaceState(null, '', location.pathname + location.search);
  }
  nameField.value = invitation.name ?? nameField.value;
  roomField.value = invitation.room ?? roomField.value;
  tokenChanged();
}

function tokenChanged(): void {
  const known = describeToken(tokenField.value.trim());
  nameField.disabled = roomField.disabled = !!known;
  if (known) {
    nameField.value = known.name;
    roomField.value = known.room;
  }
}

function fail(key: Key | undefined): void {
  failureKey = key;
  failure.hidden = !key;
  failure.textContent = key ? words.say(key) : '';
}

/** Shows a line on top of the page: for good while reconnecting, a few seconds otherwise. */
function announce(key: Key, values: Record<string, string> = {}): void {
  clearTimeout(bannerTimer);
  banner.textContent = words.say(key, values);
  banner.dataset['banner'] = key;
  banner.hidden = false;
  if (key !== 'reconnecting') {
    bannerTimer = setTimeout(() => {
      banner.hidden = true;
    }, 4000);
  }
}

/** Comes back with what was used last, whatever there is of the call before. */
async function comeBack(): Promise<void> {
  await call?.leave();
  await join(lastToken, lastDevices);
}

/** @param known a token that is at hand already */
async function join(known = tokenField.value.trim(), devices?: Call['wanted']): Promise<void> {
  const enter = byId<HTMLButtonElement>('enter');
  const missing = known ? undefined
    : !nameField.value.trim() ? nameField : !roomField.value.trim() ? roomField : undefined;
  if (missing) {
    fail(missing === nameField ? 'needName' : 'needRoom');
    missing.focus();
    return;
  }
  fail(undefined);
  byId('again').hidden = true;
  enter.disabled = true;
  enter.textContent = words.say('joining');
  const current = new Call(byId('tiles'), words, {
    changed: () => drawControls(),
    told: (key, values) => announce(key, values),
    ended: (reason) => showLobby(reason),
  }, guard);
  try {
    const token = known || await requestDevToken(location.href, roomField.value.trim(), nameField.value.trim());
    await current.join(signalUrl(location.href), token);
    call = current;
    showCall(current);
    pane.begin(current, new SessionClient(location.href, () => current.token));
    await current.setMicrophone(devices?.microphone ?? byId<HTMLInputElement>('withMicrophone').checked);
    await current.setCamera(devices?.camera ?? byId<HTMLInputElement>('withCamera').checked);
  } catch (error) {
    await current.leave();
    fail(failureText(error));
    byId('again').hidden = failureKey !== 'unreachable' || !lastToken;
    if (failureKey === 'needToken') {
      byId<HTMLDetailsElement>('tokenBox').open = true;
      tokenField.focus();
    }
  } finally {
    enter.disabled = false;
    enter.textContent = words.say('join');
  }
}

function failureText(error: unknown): Key {
  if (error instanceof TokenRefused) {
    return error.cause === 'notOffered' ? 'needToken' : 'unreachable';
  }
  if (!(error instanceof ConnectionError)) {
    return 'unreachable';
  }
  if (error.reason === ConnectionErrorReason.NotAllowed) {
    return refusalText(error.message) ?? 'badToken';
  }
  // 503: refused before the socket opened. JOIN_FAILURE: refused when the media node had been asked.
  const context = error.context;
  const status = typeof context === 'object' && context !== null && 'status' in context ? context.status : undefined;
  const turnedAway = error.reason === ConnectionErrorReason.LeaveRequest && context === DisconnectReason.JOIN_FAILURE;
  return status === 503 || turnedAway ? 'busy' : 'unreachable';
}

function showCall({ token }: Call): void {
  lobby.hidden = true;
  stage.hidden = false;
  // The field may speak of a link that was followed since.
  byId('where').textContent = describeToken(token)?.room || roomField.value;
  document.body.classList.add('inCall');
  drawControls();
  byId('microphone').focus();
}

function showLobby(reason: Key | undefined): void {
  if (call) {
    lastToken = call.token;
    lastDevices = call.wanted;
  }
  if (call?.over) {
    call = undefined;
  }
  stage.hidden = true;
  lobby.hidden = false;
  byId('where').textContent = '';
  document.body.classList.remove('inCall');
  banner.hidden = true;
  pane.end();
  linkPanel.draw();
  if (reason) {
    fail(reason);
  }
  const again = byId('again');
  again.hidden = reason !== 'endedLost' || !lastToken;
  if (!again.hidden) {
    again.focus();
  }
}

function drawControls(): void {
  if (!call) {
    return;
  }
  controls.draw(call, pane.deskOpen);
  if (!call.reconnecting && banner.dataset['banner'] === 'reconnecting') {
    banner.hidden = true;
  }
  pane.draw();
  linkPanel.draw();
}

function drawLanguage(): void {
  words.fill(document);
  const button = byId('language');
  button.textContent = words.say('languageSwitch');
  button.setAttribute('aria-label', words.say('languageSwitchLabel'));
  button.lang = words.language === 'vi' ? 'en' : 'vi';
  if (failureKey) {
    fail(failureKey);
  }
  call?.redraw();
}

byId('language').addEventListener('click', () => {
  words.switchLanguage();
  rememberLanguage(words.language);
  drawLanguage();
});
byId<HTMLFormElement>('join').addEventListener('submit', (event) => {
  event.preventDefault();
  void join();
});
tokenField.addEventListener('input', tokenChanged);
for (const id of ['again', 'rejoin']) {
  byId(id).addEventListener('click', () => void comeBack());
}

drawLanguage();
takeInvitation();
// A link that is followed to a page that is open already loads nothing anew.
addEventListener('hashchange', takeInvitation);
