// The npm client `@nats-io/nats-core` (version 3) by WebSocket, as in a browser, in the words of the suite.
import { wsconnect } from '@nats-io/nats-core';
import WebSocket from 'ws';

export * from './client_transport.mjs';
export const name = '@nats-io/nats-core by WebSocket';
globalThis.WebSocket ??= WebSocket; // what a browser has

// TLS is in the URL, and the authority in NODE_EXTRA_CA_CERTS.
export const connect = ({ tls, ...options }) =>
  wsconnect({ ...options, servers: process.env.FOREIGN_WEBSOCKET_URL });
