'use strict';

const { createHmac, timingSafeEqual } = require('node:crypto');

const TOLERANCE = 300;

/** Whether a request comes from the server, is what it sent, and is not an old one sent again. `body` is a Buffer, as it was received. */
function isSigned(header, body, secrets, now = Date.now() / 1000) {
  const parts = String(header ?? '').split(',');
  const times = parts.filter((part) => /^t=\d{1,12}$/.test(part));
  const signatures = parts.filter((part) => /^v1=[0-9a-f]{64}$/.test(part)).map((part) => Buffer.from(part.slice(3), 'hex'));
  if (parts.length > 32 || parts.filter((part) => part.startsWith('t=')).length !== 1 || times.length !== 1) {
    return false;
  }

  const time = times[0].slice(2);
  if (Math.abs(Math.floor(now) - Number(time)) > TOLERANCE) {
    return false;
  }

  let isRight = false;
  for (const secret of secrets) {
    const wanted = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
    for (const signature of signatures) {
      isRight = timingSafeEqual(signature, wanted) || isRight;
    }
  }

  return isRight;
}

module.exports = { isSigned };
