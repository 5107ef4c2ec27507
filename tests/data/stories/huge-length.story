# Announces 16 MB.
as xp-clean
says "ask path" smb/bad-length-huge
expect unknown endless
