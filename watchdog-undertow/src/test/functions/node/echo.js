// A WebSocket function: sends each message back, at once or, asked for it, after a while.
'use strict';

const { WebSocketServer } = require('ws');

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), maxPayload: 16 * 1024 * 1024 });

server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    const later = isBinary ? null : /^after (\d+) ms/.exec(data.toString());
    setTimeout(() => socket.send(data, { binary: isBinary }), later ? Number(later[1]) : 0);
  });
  socket.on('close', (code) => console.log(`closed with ${code}`));
});
