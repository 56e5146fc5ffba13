#!/usr/bin/env python3
"""Signs a user's token for Dogear: what your backend does for somebody whom it has signed in.

    JWT_SECRET=... ./user-token.py 8c6f0f2e-3d0b-4e55-9c1d-6a1b7f2e9a10

Needs nothing but Python. The secret is the one that the server has as JWT_SECRET.
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import time


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(user: str, secret: str, lasts_seconds: int = 3600) -> str:
    header = {"alg": "HS256", "typ": "JWT"}
    claims = {"sub": user, "exp": int(time.time()) + lasts_seconds}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return signed + "." + encoded(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())


if __name__ == "__main__":
    print(token(sys.argv[1], os.environ["JWT_SECRET"]))
