// SPDX-License-Identifier: Apache-2.0
// Dashboard, alerts and scrape configuration speak of metrics, labels and ports that exist.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { dispose, NativeClient } from '../lib/native.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { pause } from '../lib/wait.mjs';

const deploy = new URL('../../../deploy/', import.meta.url);
const read = (path) => readFileSync(new URL(path, deploy), 'utf8');

/** Names of series in an expression, each with the labels it is asked for. */
function series(expression) {
  const found = [];
  const words = /\b([a-zA-Z_:][\w:]*)\b(\s*\()?(\{[^}]*\})?/g;
  const plain = expression.replace(/"[^"]*"/g, '""').replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, '');
  for (const [, name, call, selector] of plain.matchAll(words)) {
    if (!call && /_/.test(name) && !/^\$?__/.test(name)) {
      found.push({ name, labels: [...(selector ?? '').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map((match) => match[1]) });
    }
  }
  return found;
}

function grouped(expression) {
  return [...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap((match) => match[1].split(',').map((label) => label.trim()));
}

const dashboard = JSON.parse(read('grafana/dashboards/nhipcau.json'));
const dashboardExpressions = dashboard.panels.flatMap((panel) => (panel.targets ?? []).map((target) => target.expr));
const alertExpressions = [...read('prometheus/alerts.yml').matchAll(/^\s+expr:\s*(.+)$/gm)].map((match) => match[1]);

describe('the reader of expressions', () => {
  it('should find series and labels, not functions or words in quotes', () => {
    const text = 'histogram_quantile(0.9, sum by (le) (rate(a_b_bucket{cause!~"none|x_y", i=~"$i"}[5m]))) / up_x';
    assert.deepEqual(series(text), [{ name: 'a_b_bucket', labels: ['cause', 'i'] }, { name: 'up_x', labels: [] }]);
  });
});

describe('deploy', () => {
  let server;
  const live = new Map();

  before(async () => {
    server = await Server.start();
    const room = freshRoom('deploy');
    const lan = await NativeClient.join(server.url, await token('lan', room));
    const minh = await NativeClient.join(server.url, await token('minh', room));
    await lan.publishTone(440);
    await lan.publishVideo();
    await minh.sees('lan', 10);
    await pause(1_500);
    for (const line of (await server.metrics()).split('\n')) {
      const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line);
      if (match) {
        const labels = live.get(match[1]) ?? new Set();
        [...(match[2] ?? '').matchAll(/(\w+)="/g)].forEach((label) => labels.add(label[1]));
        live.set(match[1], labels);
      }
    }
    await lan.leave();
    await minh.leave();
  });
  after(async () => {
    await server?.stop();
    await dispose();
  });

  // Given by Prometheus itself to every series.
  const given = new Set(['instance', 'job']);

  function check(expression) {
    for (const { name, labels } of series(expression)) {
      assert.ok(live.has(name), `${name} is not in /metrics (of: ${expression})`);
      for (const label of labels.concat(grouped(expression))) {
        assert.ok(given.has(label) || live.get(name).has(label), `${name} has no label ${label} (of: ${expression})`);
      }
    }
  }

  it('should show in the dashboard only what /metrics has', () => {
    assert.ok(dashboardExpressions.length > 20);
    dashboardExpressions.forEach(check);
    const variable = dashboard.templating.list[0].query.query;
    assert.ok(live.has(/label_values\((\w+),/.exec(variable)[1]), variable);
    dashboardExpressions.forEach((expression) => assert.ok(/instance=~"\$instance"/.test(expression), `${expression} minds the instance`));
  });

  it('should alert only on what /metrics has', () => {
    assert.ok(alertExpressions.length > 5);
    alertExpressions.filter((expression) => !expression.startsWith('up{')).forEach(check);
  });

  it('should scrape the port that is the default', () => {
    const reference = readFileSync(new URL('../signaling/src/main/resources/org/nhipcau/signaling/config/reference.conf', deploy), 'utf8');
    const port = /admin-port = (\d+)/.exec(reference)[1];
    assert.ok(read('prometheus/prometheus.yml').includes(`127.0.0.1:${port}`));
  });

  it('should put no room, person or address into a label', () => {
    const labels = new Set([...live.values()].flatMap((set) => [...set]));
    for (const forbidden of ['room', 'participant', 'identity', 'peer', 'ip', 'address', 'name', 'user', 'sid', 'token']) {
      assert.ok(!labels.has(forbidden), `there is a label ${forbidden}`);
    }
    assert.ok(live.size > 50, `${live.size} series`);
  });

  it('should harden every unit and the image', () => {
    for (const unit of readdirSync(new URL('systemd/', deploy))) {
      const text = read(`systemd/${unit}`);
      for (const line of ['NoNewPrivileges=yes', 'ProtectSystem=strict', 'CapabilityBoundingSet=', 'DynamicUser=yes', 'LimitCORE=0']) {
        assert.ok(text.split('\n').includes(line), `${unit} has ${line}`);
      }
    }
    const image = read('Dockerfile');
    assert.match(image, /^USER 65532:65532$/m);
    assert.ok(!/^FROM \S+:latest|^ADD /m.test(image));
  });
});
