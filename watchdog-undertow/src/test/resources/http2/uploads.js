// Uploads that are answered early, and a request beside them, on one HTTP/2 connection. Prints a line for each.
const http2 = require('http2');

const session = http2.connect('http://127.0.0.1:' + process.argv[2]);
session.on('goaway', code => console.log('GOAWAY ' + code));
session.on('error', error => console.log('connection: ' + error.message));

function send(method, path, size) {
  return new Promise(resolve => {
    const stream = session.request({':method': method, ':path': path}, {endStream: size === 0});
    let status = 'no response';
    let body = '';
    stream.setEncoding('utf8');
    stream.on('response', headers => status = headers[':status']);
    stream.on('data', text => body += text);
    stream.on('error', error => status += ' ' + error.code);
    stream.on('close', () => resolve(status + ' ' + body.trim()));
    for (let left = size; left > 0; left -= 65536) {
      stream.write(Buffer.alloc(65536));
    }
    stream.end();
  });
}

async function main() {
  const slow = send('POST', '/slow', 1 << 20);
  for (let i = 0; i < 20; i++) {
    console.log('refused: ' + await send('POST', '/refused', 1 << 20));
  }
  console.log('slow: ' + await slow);
  for (let i = 0; i < 5; i++) {
    console.log('next: ' + await send('GET', '/next', 0));
  }
  session.close();
}

main();
