export * from './index.js';

import * as klingAuth from './index.js';
export default klingAuth;
