# 139 wants its name; NBSTAT tells it.
as netbios
says "netbios session" smb/resp-nb-session-refused
again "netbios session" smb/resp-nb-session-ok
port 137 opens
says "node status" smb/resp-nb-nbstat
expect infected netpath-invalid-parameter
