# Hangs up when asked; later it still negotiates.
as xp-clean
says "ask path" closes
expect unknown closed-early
