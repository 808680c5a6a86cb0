// SPDX-License-Identifier: Apache-2.0
// Runs the end-to-end tests one file after the other, then those that concern the seam between signaling and media once
// more with the two as separate processes. `--fast` leaves the long ones out, `--long` makes the five-party call a minute,
// other words choose files by name.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const known = ['--fast', '--long', '--split', '--together'];
const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith('--'));
const wanted = words.filter((word) => !word.startsWith('--'));
for (const option of options) {
  if (!known.includes(option)) {
    console.error(`unknown option ${option}; known: ${known.join(' ')}`);
    process.exit(2);
  }
}

/** The tests whose subject differs when the control contract crosses a network. */
const alsoApart = ['native.test.mjs', 'browser.test.mjs', 'reconnect.test.mjs', 'service.test.mjs'];

const all = readdirSync(join(here, 'test')).filter((file) => file.endsWith('.test.mjs')).sort();
const chosen = wanted.length ? all.filter((file) => wanted.some((word) => file.includes(word))) : all;
if (chosen.length === 0) {
  console.error(`no test file matches; there are: ${all.join(' ')}`);
  process.exit(2);
}

// Once here, so that no test waits for a build when it starts a server.
const build = spawnSync(fileURLToPath(new URL('../../nhipcau', import.meta.url)), ['build'], { stdio: 'inherit' });
if (build.status !== 0) {
  process.exit(build.status ?? 1);
}
process.env.NHIPCAU_SKIP_BUILD = '1';

const scratch = mkdtempSync(join(tmpdir(), 'nhipcau-run-'));
const total = { passed: 0, failed: 0, skipped: 0 };
let status = 0;

function run(files, title, environment) {
  if (files.length === 0) {
    return;
  }
  console.log(`\n# ${title}: ${files.join(' ')}`);
  const counts = join(scratch, 'counts.jsonl');
  writeFileSync(counts, '');
  const child = spawnSync(process.execPath, [
    '--test', '--test-concurrency=1', '--test-timeout=300000',
    '--test-reporter=spec', '--test-reporter-destination=stdout',
    `--test-reporter=${join(here, 'lib', 'counts.mjs')}`, `--test-reporter-destination=${counts}`,
    ...files.map((file) => join(here, 'test', file)),
  ], { stdio: 'inherit', cwd: here, env: { ...process.env, NODE_OPTIONS: '--no-warnings', NODE_ENV: 'production', ...environment } });
  status ||= child.status ?? 1;
  for (const line of readFileSync(counts, 'utf8').split('\n').filter(Boolean)) {
    total[JSON.parse(line)] += 1;
  }
}

const environment = {
  ...(options.includes('--fast') ? { NHIPCAU_E2E_FAST: '1' } : {}),
  ...(options.includes('--long') ? { NHIPCAU_E2E_LONG: '1' } : {}),
};
if (!options.includes('--split')) {
  run(chosen, 'signaling and media in one process', { ...environment, NHIPCAU_E2E_SPLIT: '' });
}
if (!options.includes('--together')) {
  run(chosen.filter((file) => options.includes('--split') && wanted.length > 0 || alsoApart.includes(file)),
    'signaling and media as two processes', { ...environment, NHIPCAU_E2E_SPLIT: '1' });
}
rmSync(scratch, { recursive: true, force: true });

if (process.env.NHIPCAU_COUNTS) {
  writeFileSync(process.env.NHIPCAU_COUNTS, `${total.passed} ${total.failed} ${total.skipped}\n`);
}
console.log(`\nend-to-end: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(status);
