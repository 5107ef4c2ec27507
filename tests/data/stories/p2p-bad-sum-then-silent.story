# One of its ports says something odd, and nothing when it is asked again.
with p2p
p2p opens
port 445 opens
says "negotiate" silent
says "p2p probe" bytes 0e00cdab3412ed5ead0b9fe8bccc0305
again "p2p probe" silent
expect unknown p2p-bad-sum
