#!/usr/bin/env node
'use strict';

require('../lib/cli/main.js')
  .main(process.argv.slice(2), process)
  .then((status) => {
    // Not process.exit(): what is still on its way to a pipe would be lost.
    process.exitCode = status;
  });
