"""Keys and signed tokens of an operator, its accounts and users (Ed25519, RFC 8032), with nothing but the standard library.

For tests alone: it is slow, and takes a time that depends on the key.
"""
import base64
import hashlib
import json

OPERATOR, ACCOUNT, USER = 14 << 3, 0, 20 << 3  # the first byte of a key determines its kind

P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202


def add(p, q):
    """Returns the sum of two points in extended coordinates."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def doubled_bases():
    point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)
    for _ in range(256):
        yield point
        point = add(point, point)


BASES = tuple(doubled_bases())


def multiple_of_base(number):
    """Returns the encoded point."""
    point = (0, 1, 1, 0)
    for bit, base in enumerate(BASES):
        if number >> bit & 1:
            point = add(point, base)
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A pair of keys made from a text: the same text gives the same key."""

    def __init__(self, kind, text):
        half = hashlib.sha512(hashlib.sha256(text.encode()).digest()).digest()
        number = int.from_bytes(half[:32], "little")
        self.scalar = number & ((1 << 254) - 8) | 1 << 254
        self.prefix = half[32:]
        self.point = multiple_of_base(self.scalar)
        raw = bytes([kind]) + self.point
        self.public = base64.b32encode(raw + crc16(raw).to_bytes(2, "little")).rstrip(b"=").decode()

    def sign(self, message):
        def hashed(*parts):
            return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L
        r = hashed(self.prefix, message)
        point = multiple_of_base(r)
        s = (r + hashed(point, self.point, message) * self.scalar) % L
        return point + s.to_bytes(32, "little")

    def signature(self, text):
        """Returns the signature of a nonce, in the form of CONNECT."""
        return unpadded(self.sign(text.encode()))

    def token(self, subject, kind, claims, **standard):
        """Returns a JWT for the public key `subject`; `claims` are its part `nats`."""
        body = {"iss": self.public, "sub": subject, "nats": {**claims, "type": kind, "version": 2}, **standard}
        body["jti"] = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        head = {"typ": "JWT", "alg": "ed25519-nkey"}
        text = ".".join(unpadded(json.dumps(part, separators=(",", ":")).encode()) for part in (head, body))
        return text + "." + unpadded(self.sign(text.encode()))


def check():
    """Checks the key and signature of RFC 8032 (7.1, test 1), made from a secret of 32 bytes."""
    key = Key.__new__(Key)
    half = hashlib.sha512(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")).digest()
    key.scalar = int.from_bytes(half[:32], "little") & ((1 << 254) - 8) | 1 << 254
    key.prefix, key.point = half[32:], multiple_of_base(int.from_bytes(half[:32], "little") & ((1 << 254) - 8) | 1 << 254)
    assert key.point.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")


if __name__ == "__main__":
    check()
