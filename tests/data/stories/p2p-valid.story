# Variant D answers on its own ports; SMB says nothing.
with p2p
p2p opens
port 445 opens
says "negotiate" silent
says "p2p probe" bytes 0e00cdab3412ed5ead0b9fe8bccc0304
expect infected p2p-answer
