'use strict';

const { awsSecretsManager } = require('./credentials/aws.js');
const { azureKeyVault } = require('./credentials/azure.js');
const { fileCredentials } = require('./credentials/file.js');
const { googleSecretManager } = require('./credentials/google.js');
const { hashicorpVault } = require('./credentials/vault.js');

module.exports = {
  awsSecretsManager,
  azureKeyVault,
  fileCredentials,
  googleSecretManager,
  hashicorpVault,
};
