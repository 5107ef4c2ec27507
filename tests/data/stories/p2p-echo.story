# Our own question comes back: an echo service, not the worm.
as xp-clean
with p2p
p2p opens
says "p2p probe" echo
expect no-sign p2p-echo
