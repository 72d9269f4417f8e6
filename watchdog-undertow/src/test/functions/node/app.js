// A function on Express.
'use strict';

const crypto = require('crypto');
const express = require('express');

const app = express();
const waiting = [];
let sent = 0;

// The next event is due, or was already.
function nextEvent() {
  return new Promise((resolve) => {
    if (sent > 0) {
      sent -= 1;
      resolve();
    } else {
      waiting.push(resolve);
    }
  });
}

app.get('/events', async (request, response) => {
  response.set('Content-Type', 'text/event-stream');
  for (const number of [1, 2, 3]) {
    if (number > 1) {
      await nextEvent();
    }
    response.write(`data: ${number}\n\n`);
  }
  response.end();
});

app.post('/next', (request, response) => {
  if (waiting.length > 0) {
    waiting.shift()();
  } else {
    sent += 1;
  }
  response.send('sent\n');
});

app.post('/checksum', (request, response) => {
  const digest = crypto.createHash('sha256');
  request.on('data', (piece) => digest.update(piece));
  request.on('end', () => response.type('text').send(digest.digest('hex')));
});

app.get('/', (request, response) => response.type('text').send('hello from express\n'));

app.listen(Number(process.argv[2]), '127.0.0.1');
