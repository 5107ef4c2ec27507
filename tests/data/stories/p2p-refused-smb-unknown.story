# D and E are not there; A, B and C may be.
with p2p
p2p refuses
port 445 opens
says "negotiate" silent
expect unknown p2p-refused
