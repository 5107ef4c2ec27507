# A real Samba: not Windows.
as xp-clean
says "session setup" smb/resp-samba-s1-session
expect unknown not-windows
