// SPDX-License-Identifier: Apache-2.0
// Many who watch. The native library tells every event of a process to every client in it, so that the cost grows with
// the square of their number: they are spread over several processes.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PER_PROCESS = 6;
const child = fileURLToPath(new URL('crowd-child.mjs', import.meta.url));

export class Crowd {
  #groups = [];

  /** @param people `{ token, options }` of each watcher; the options are those of {@link Watcher.join} */
  static async join(url, people) {
    const crowd = new Crowd();
    try {
      for (let from = 0; from < people.length; from += PER_PROCESS) {
        const group = new Group();
        crowd.#groups.push(group);
        await group.ask('join', { url, people: people.slice(from, from + PER_PROCESS) });
      }
    } catch (error) {
      crowd.kill();
      throw error;
    }
    return crowd;
  }

  /** What each of them knows of some people, in the order in which they joined. */
  async look(identities) {
    return (await Promise.all(this.#groups.map((group) => group.ask('look', { identities })))).flat();
  }

  async leave() {
    await Promise.all(this.#groups.map((group) => group.ask('leave')));
    this.kill();
  }

  kill() {
    this.#groups.forEach((group) => group.kill());
  }
}

class Group {
  #process = fork(child, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  #asked = new Map();
  #count = 0;

  constructor() {
    this.#process.on('message', ({ number, answer, problem }) => {
      const { resolve, reject } = this.#asked.get(number);
      this.#asked.delete(number);
      problem ? reject(new Error(`among those who watch: ${problem}`)) : resolve(answer);
    });
    this.#process.on('exit', (code, signal) => {
      this.#asked.forEach(({ reject }) => reject(new Error(`those who watch ended with ${code ?? signal}`)));
      this.#asked.clear();
    });
  }

  ask(call, given) {
    return new Promise((resolve, reject) => {
      const number = ++this.#count;
      this.#asked.set(number, { resolve, reject });
      this.#process.send({ number, call, given }, (error) => error && reject(error));
    });
  }

  kill() {
    this.#process.kill('SIGKILL');
  }
}
