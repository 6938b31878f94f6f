// The platform packages are installed by npm, one on each system: see native.js.
declare module 'kling-auth-*' {
  const native: typeof import('../native');
  export = native;
}
