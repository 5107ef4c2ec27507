# Not SMB at all.
port 445 opens
says "negotiate" bytes 485454502f312e31203430302042616420526571756573740d0a
expect unknown bad-transport
