"""A program that looks like one and is none."""


def tiny_program():
    """Headers of a 32-bit DLL with one section of nothing; it does nothing."""
    head = bytearray(512)
    head[0:2] = b"MZ"
    head[0x3C] = 0x40
    head[0x40:0x44] = b"PE\0\0"
    head[0x44:0x58] = bytes.fromhex("4c010100000000000000000000000000e0000221")
    head[0x58:0x5A] = b"\x0b\x01"
    head[0x74:0x7C] = bytes.fromhex("0000001000100000")
    head[0x90:0x98] = bytes.fromhex("0020000000020000")
    head[0xB4] = 16
    head[0x138:0x13D] = b".text"
    head[0x140:0x150] = bytes.fromhex("00100000001000000002000000020000")
    head[0x15C:0x160] = bytes.fromhex("20000060")
    return bytes(head) + bytes(512)
