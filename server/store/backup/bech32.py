"""Bech32 (BIP 173), in which age writes its keys: letters with a checksum, so typos are seen."""

from __future__ import annotations

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH = 6


def write_bech32(kind: str, data: bytes) -> str:
    """Write bytes under a name of their kind, all in lower case."""
    values = _regroup(data, 8, 5, is_padded=True)
    checked = _checksum([*_spread(kind), *values, *[0] * _CHECKSUM_LENGTH]) ^ 1
    check = [checked >> 5 * (_CHECKSUM_LENGTH - 1 - i) & 31 for i in range(_CHECKSUM_LENGTH)]
    return f"{kind}1{''.join(_LETTERS[value] for value in (*values, *check))}"


def read_bech32(text: str) -> tuple[str, bytes]:
    """Give back the kind, in lower case, and the bytes. Raises ValueError for a mistyped text."""
    if text not in (text.lower(), text.upper()):
        raise ValueError("capitals and small letters are mixed")
    kind, _, written = text.lower().rpartition("1")
    if not kind or len(written) < _CHECKSUM_LENGTH or set(written) - set(_LETTERS):
        raise ValueError("not of its form")
    values = [_LETTERS.index(letter) for letter in written]
    if _checksum([*_spread(kind), *values]) != 1:
        raise ValueError("its checksum is wrong")
    return kind, bytes(_regroup(values[:-_CHECKSUM_LENGTH], 5, 8, is_padded=False))


def _spread(kind: str) -> list[int]:
    return [ord(each) >> 5 for each in kind] + [0] + [ord(each) & 31 for each in kind]


def _checksum(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check


def _regroup(values: bytes | list[int], width: int, to_width: int, *, is_padded: bool) -> list[int]:
    """Cut the same bits into pieces of another width."""
    held, bits, pieces = 0, 0, []
    for value in values:
        held, bits = held << width | value, bits + width
        while bits >= to_width:
            bits -= to_width
            pieces.append(held >> bits & (1 << to_width) - 1)
    left = held & (1 << bits) - 1
    if is_padded and bits:
        pieces.append(left << to_width - bits & (1 << to_width) - 1)
    elif not is_padded and (bits >= width or left):
        raise ValueError("bits are left over")
    return pieces
