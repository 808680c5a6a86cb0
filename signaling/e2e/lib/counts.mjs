// SPDX-License-Identifier: Apache-2.0
// A reporter for node --test: a line of JSON per test, suites and files not counted, with what a failed one said first.

export default async function* counts(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') {
      continue;
    }
    if (data.details?.type === 'suite') {
      // A suite whose hook failed has no failed test of its own.
      if (type === 'test:fail' && data.details.error?.failureType === 'hookFailed') {
        yield told('failed', data);
      }
      continue;
    }
    if (data.skip !== undefined && data.skip !== false) {
      yield told('skipped', data);
    } else {
      yield told(type === 'test:pass' ? 'passed' : 'failed', data);
    }
  }
}

function told(result, { name, details }) {
  const error = details?.error?.cause ?? details?.error;
  const why = result === 'failed' ? String(error?.message ?? error).split('\n', 1)[0] : undefined;
  return `${JSON.stringify({ result, name, why })}\n`;
}
