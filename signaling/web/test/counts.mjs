// SPDX-License-Identifier: Apache-2.0
// Vitest reporter: writes "passed failed skipped" to the file named by NHIPCAU_COUNTS, and below it a line for each that
// failed, for the summary of `./nhipcau test`.
import { writeFileSync } from 'node:fs';

export default class Counts {
  onTestRunEnd(modules, errors) {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    const failures = errors.map((error) => first(error.message));
    for (const module of modules) {
      let any = false;
      for (const test of module.children.allTests()) {
        any = true;
        const { state, errors: reasons } = test.result();
        counts[{ passed: 'passed', skipped: 'skipped' }[state] ?? 'failed'] += 1;
        if (state !== 'passed' && state !== 'skipped') {
          failures.push(`${module.moduleId.split('/').at(-1)}: ${test.fullName}: ${first(reasons?.[0]?.message)}`);
        }
      }
      if (!any) {
        counts.failed += 1;
        failures.push(`${module.moduleId.split('/').at(-1)}: no test ran`);
      }
    }
    if (process.env.NHIPCAU_COUNTS) {
      writeFileSync(process.env.NHIPCAU_COUNTS, `${[`${counts.passed} ${counts.failed} ${counts.skipped}`, ...failures].join('\n')}\n`);
    }
  }
}

const first = (text) => String(text).split('\n', 1)[0];
