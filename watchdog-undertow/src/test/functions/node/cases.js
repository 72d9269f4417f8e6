// A WebSocket function for conformance cases: sends each message back in the turn in which it arrived, so that the same
// frames always lead to the same bytes.
'use strict';

const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  maxPayload: 16 * 1024 * 1024,
  perMessageDeflate: { threshold: 0 },
});

server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  // A client that breaks the protocol: the library closes the connection.
  socket.on('error', () => {});
});
