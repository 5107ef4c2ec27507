# Silence on the P2P ports is never a good sign, and takes none away.
as xp-clean
with p2p
p2p silent
expect no-sign p2p-silent
