# Closes on NEGOTIATE: SMB1 removed.  SMB2 names the system.
as xp-clean
says "negotiate" closes
says "smb2 negotiate" smb/resp-samba-s2-negotiate
says "smb2 challenge" smb/resp-samba-s2-session-raw
expect unknown smb1-off
