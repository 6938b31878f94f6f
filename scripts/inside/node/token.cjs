const { KlingAuth, verifyKlingToken } = require('kling-auth');

const { token } = new KlingAuth('ak-1', 'sk-1');
console.log(`token: ${verifyKlingToken(token, 'sk-1').valid}`);
