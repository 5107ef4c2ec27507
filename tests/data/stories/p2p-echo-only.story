# An echo, and no word over SMB.
with p2p
p2p opens
port 445 opens
says "negotiate" silent
says "p2p probe" echo
expect unknown p2p-echo
