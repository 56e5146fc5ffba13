#!/usr/bin/env node
// Signs a user's token for Dogear: what your backend does for somebody whom it has signed in.
//
//   JWT_SECRET=... ./user-token.mjs 8c6f0f2e-3d0b-4e55-9c1d-6a1b7f2e9a10
//
// Needs nothing but Node. The secret is the one that the server has as JWT_SECRET; it never goes to a browser.
import { createHmac } from 'node:crypto';

export function token(user, secret, lastsSeconds = 3600) {
  const encoded = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { sub: user, exp: Math.floor(Date.now() / 1000) + lastsSeconds };
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

console.log(token(process.argv[2], process.env.JWT_SECRET));
