# Hangs up on SMB1 and on SMB2: a filter, not a newer Windows.  139 is asked then.
as xp-clean
says "negotiate" closes
says "smb2 negotiate" closes
expect unknown closed-early
