#!/bin/sh
# Signs a user's token for Dogear: what your backend does for somebody whom it has signed in.
#
#   JWT_SECRET=... ./user-token.sh 8c6f0f2e-3d0b-4e55-9c1d-6a1b7f2e9a10
#
# Needs nothing but openssl. The secret is the one that the server has as JWT_SECRET.
set -eu
encoded() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
header=$(printf '{"alg":"HS256","typ":"JWT"}' | encoded)
claims=$(printf '{"sub":"%s","exp":%s}' "$1" "$(($(date +%s) + 3600))" | encoded)
signature=$(printf '%s.%s' "$header" "$claims" | openssl dgst -sha256 -hmac "$JWT_SECRET" -binary | encoded)
echo "$header.$claims.$signature"
