import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { KlingAuth } from '../index.js';

test('what a subclass gives for a token is looked at before it is sent, and never quoted', async () => {
  const type =
    'getToken() must resolve to { token, expiresAt } whose token is a string: look at the class that overrides it';
  const value =
    'getToken() must resolve to a token that a header can carry, without blanks and line breaks: look at the class that overrides it';
  const table = [
    [undefined, 'KLING_INVALID_ARG_TYPE', type],
    [null, 'KLING_INVALID_ARG_TYPE', type],
    ['recognisable', 'KLING_INVALID_ARG_TYPE', type],
    [{ token: { recognisable: 1 } }, 'KLING_INVALID_ARG_TYPE', type],
    [{ token: Symbol('recognisable') }, 'KLING_INVALID_ARG_TYPE', type],
    [{ token: 'recognisable\n' }, 'KLING_INVALID_ARG_VALUE', value],
    [{ token: 'recognisablé' }, 'KLING_INVALID_ARG_VALUE', value],
    [{ token: '' }, 'KLING_INVALID_ARG_VALUE', value],
  ];
  for (const [issued, code, message] of table) {
    class Overridden extends KlingAuth {
      async getToken() {
        return issued;
      }
    }
    let sent = 0;
    const fetch = async () => {
      sent++;
      return new Response();
    };
    const auth = new Overridden({ accessKey: 'ak', secretKey: 'sk', fetch });
    for (const request of [() => auth.fetch('/v1/x'), () => auth.verify()]) {
      await assert.rejects(request(), (error) => {
        assert.deepEqual(
          [error.name, error.code, error.message],
          ['TypeError', code, message],
          inspect(issued),
        );
        assert.doesNotMatch(inspect(error), /recognisabl/);
        return true;
      });
    }
    assert.equal(sent, 0);
  }
});
