// Wine 8 knows no TCP_KEEPALIVE, without which `fetch` of Node.js opens no connection.
require('node:net').Socket.prototype.setKeepAlive = function setKeepAlive() {
  return this;
};
