// What the package does, without a Kling account: `npm run demo`.
import jsonwebtoken from 'jsonwebtoken';
import { decodeKlingToken, KlingAuth, verifyKlingToken } from 'kling-auth';

// A made-up pair. A program of yours takes its own from the environment: `new KlingAuth()`.
const accessKey = 'AKdemo0000000000000000000000demo';
const secretKey = 'a-secret-that-opens-nothing';

// A clock that can be turned, to see an hour pass in no time.
let now = Math.floor(Date.now() / 1000) * 1000;
const auth = new KlingAuth({ accessKey, secretKey, now: () => now });

console.log('A token for Authorization: Bearer …');
console.log(`  ${auth.token}\n`);

const { header, claims, notBefore, expiresAt } = decodeKlingToken(auth.token);
console.log('Its parts');
console.log('  header ', header);
console.log('  claims ', claims);
console.log(`  valid   ${notBefore?.toISOString()} to ${expiresAt?.toISOString()}\n`);

console.log('Checked');
console.log('  by kling-auth:  ', verifyKlingToken(auth.token, secretKey, { accessKey }).valid);
const checked = jsonwebtoken.verify(auth.token, secretKey, {
  algorithms: ['HS256'],
  issuer: accessKey,
});
console.log('  by jsonwebtoken:', JSON.stringify(checked) === JSON.stringify(claims));
console.log('  with a wrong key:', verifyKlingToken(auth.token, 'another-secret').reason, '\n');

console.log('An hour of requests, one every 5 minutes');
const start = now;
let last;
for (; now <= start + 3_600_000; now += 300_000) {
  const { token } = auth;
  const minute = String((now - start) / 60_000).padStart(2);
  const left = (auth.expiresAt.getTime() - now) / 60_000;
  console.log(
    `  minute ${minute}: ${token === last ? 'reused   ' : 'signed   '} good for ${left} more minutes`,
  );
  last = token;
}

console.log('\nPrinted, it gives nothing away:', auth);
