// A server that accepts the tokens of the pairs it is told of, in a process of its own. Sends its
// port to its parent, takes `{ add }` and `{ remove }`, and answers each with what it has seen.
import { createServer } from 'node:http';
import jsonwebtoken from 'jsonwebtoken';

const secrets = new Map();
const seen = {};

const server = createServer((request, response) => {
  const token = request.headers.authorization?.slice('Bearer '.length);
  const issuer = jsonwebtoken.decode(token)?.iss;
  let status = 401;
  try {
    jsonwebtoken.verify(token, secrets.get(issuer), { algorithms: ['HS256'] });
    status = 200;
    seen[issuer] = (seen[issuer] ?? 0) + 1;
  } catch {
    // Refused.
  }
  response.writeHead(status).end();
});

process.on('message', ({ add, remove }) => {
  if (add) secrets.set(add.accessKey, add.secretKey);
  if (remove) secrets.delete(remove);
  process.send({ seen });
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
