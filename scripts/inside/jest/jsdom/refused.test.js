test('what is made for browsers says how to get what is made for Node.js', () => {
  expect(() => require('kling-auth')).toThrow(
    /@jest-environment node .*customExportConditions: \['node'\]/,
  );
  expect(() => require('kling-auth/webhook')).toThrow(/@jest-environment node/);
});
