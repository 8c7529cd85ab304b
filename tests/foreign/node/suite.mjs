// What a NATS server owes to the npm clients. `node suite.mjs nats|transport`; the server and its
// users come from the environment (see ../configurations.py).
import assert from 'node:assert/strict';
import { readFileSync, writeSync } from 'node:fs';
import { test } from 'node:test';

const client = await import(`./client_${process.argv[2]}.mjs`);
const env = process.env;
const seconds = 1000;
const waitLimit = 20 * seconds;

// `role`: '' (may do everything), 'LIMITED_' or 'WRONG_'.
function has(role) {
  return env[`FOREIGN_${role}CREDS`] !== undefined || env[`FOREIGN_${role}USER`] !== undefined;
}

async function connect(role = '', more = {}) {
  const options = { servers: env.FOREIGN_URL, name: `foreign suite ${client.name}`, ...more };
  if (env.FOREIGN_CA !== undefined) options.tls = { caFile: env.FOREIGN_CA };
  const creds = env[`FOREIGN_${role}CREDS`];
  if (creds !== undefined) options.authenticator = client.credsAuthenticator(readFileSync(creds));
  const user = env[`FOREIGN_${role}USER`];
  if (user !== undefined) Object.assign(options, { user, pass: env[`FOREIGN_${role}PASSWORD`] });
  return client.connect(options);
}

// Fails a test that waits for what never comes.
function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${waitLimit} ms`)), waitLimit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// A test with a connection that it need not close.
function connectedTest(title, role, body, skip = false) {
  test(`${client.name}: ${title}`, { skip }, async () => {
    const connection = await connect(role);
    try {
      await within(body(connection), title);
    } finally {
      await connection.close();
    }
  });
}

async function firstEvent(connection, wanted) {
  for await (const event of connection.status()) {
    if (wanted(event)) return event;
  }
  throw new Error('the connection ended before the awaited event');
}

async function take(subscription, count) {
  const messages = [];
  for await (const message of subscription) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

const noRole = (role) => (has(role) ? false : 'this configuration has no such user');

connectedTest('a published message reaches a subscriber', '', async (connection) => {
  const subscription = connection.subscribe('node.pub.*', { max: 1 });
  connection.publish('node.pub.one', 'hello');
  const [message] = await take(subscription, 1);
  assert.equal(message.subject, 'node.pub.one');
  assert.equal(message.string(), 'hello');
});

connectedTest('messages of one publisher keep their order', '', async (connection) => {
  const subscription = connection.subscribe('node.order.>');
  for (let i = 0; i < 1000; ++i) connection.publish(`node.order.a.${i % 7}`, `${i}`);
  const messages = await take(subscription, 1000);
  assert.deepEqual(messages.map((m) => Number(m.string())), [...Array(1000).keys()]);
});

connectedTest('each message reaches one member of a queue group', '', async (connection) => {
  const total = 300;
  const counts = [0, 0, 0];
  let finished;
  const all = new Promise((resolve) => { finished = resolve; });
  counts.forEach((_, member) => {
    connection.subscribe('node.queue', {
      queue: 'workers',
      callback: () => {
        ++counts[member];
        if (counts.reduce((a, b) => a + b) === total) finished();
      },
    });
  });
  for (let i = 0; i < total; ++i) connection.publish('node.queue', `${i}`);
  await all;
  await connection.flush();
  assert.equal(counts.reduce((a, b) => a + b), total);
  assert.ok(counts.every((count) => count > 0), `the members got ${counts}`);
});

connectedTest('a request gets its reply', '', async (connection) => {
  connection.subscribe('node.service', {
    callback: (_, message) => message.respond(`answer to ${message.string()}`),
  });
  const replies = await Promise.all([...Array(50).keys()].map(
    (i) => connection.request('node.service', `${i}`, { timeout: waitLimit })));
  assert.deepEqual(replies.map((r) => r.string()), replies.map((_, i) => `answer to ${i}`));
});

connectedTest('headers arrive as they were sent', '', async (connection) => {
  const subscription = connection.subscribe('node.headers');
  const headers = client.headers();
  headers.set('Content-Type', 'text/plain');
  headers.append('Step', 'one');
  headers.append('Step', 'two');
  connection.publish('node.headers', 'body', { headers });
  const [message] = await take(subscription, 1);
  assert.equal(message.headers.get('Content-Type'), 'text/plain');
  assert.deepEqual(message.headers.values('Step'), ['one', 'two']);
  assert.equal(message.string(), 'body');
});

connectedTest('a request without a responder fails at once', '', async (connection) => {
  const refused = connection.request('node.nobody', '', { timeout: 2 * waitLimit });
  await assert.rejects(refused, (error) => client.isNoResponders(error));
});

connectedTest('drain delivers what is under way, then closes', '', async (connection) => {
  const publisher = await connect();
  let received = 0;
  connection.subscribe('node.drain', { callback: () => { ++received; } });
  await connection.flush();
  for (let i = 0; i < 100; ++i) publisher.publish('node.drain', `${i}`);
  await publisher.flush();
  await connection.drain();
  await publisher.close();
  assert.equal(received, 100);
  assert.ok(connection.isClosed());
});

connectedTest('a publish without permission is refused, the connection stays', 'LIMITED_',
  async (connection) => {
    const refused = firstEvent(connection, (event) => client.statusError(event) !== undefined);
    connection.publish('forbidden.subject', 'x');
    assert.equal(client.statusError(await refused), client.violation('forbidden.subject'));
    const subscription = connection.subscribe('allowed.subject', { max: 1 });
    connection.publish('allowed.subject', 'fine');
    assert.equal((await take(subscription, 1))[0].string(), 'fine');
  }, noRole('LIMITED_'));

connectedTest('a subscription without permission is refused', 'LIMITED_', async (connection) => {
  const subscription = connection.subscribe('forbidden.>');
  await assert.rejects(take(subscription, 1), (error) => client.isPermissionViolation(error));
}, noRole('LIMITED_'));

test(`${client.name}: unknown credentials are refused`, { skip: noRole('WRONG_') }, async () => {
  await assert.rejects(connect('WRONG_'), (error) => client.isAuthorizationViolation(error));
});

connectedTest('the largest payload passes, one byte more does not', '', async (connection) => {
  const limit = Number(env.FOREIGN_MAX_PAYLOAD);
  assert.equal(connection.info.max_payload, limit);
  const subscription = connection.subscribe('node.large', { max: 1 });
  connection.publish('node.large', new Uint8Array(limit));
  assert.equal((await take(subscription, 1))[0].data.length, limit);
  assert.throws(() => connection.publish('node.large', new Uint8Array(limit + 1)),
    (error) => client.isTooLarge(error));
}, env.FOREIGN_MAX_PAYLOAD === undefined && 'FOREIGN_MAX_PAYLOAD is not set');

test(`${client.name}: a connection and its subscriptions survive a restart of the server`,
  { skip: env.FOREIGN_CAN_RESTART === undefined && 'nobody here restarts the server' },
  async () => {
    const connection = await connect('', { maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    const subscription = connection.subscribe('node.restart', { max: 1 });
    await connection.flush();
    const reconnected = firstEvent(connection, (event) => event.type === 'reconnect');
    writeSync(process.stdout.fd, '@restart\n');
    await within(reconnected, 'reconnect');
    connection.publish('node.restart', 'again');
    const [message] = await within(take(subscription, 1), 'message after the restart');
    assert.equal(message.string(), 'again');
    await connection.close();
  });
