# 445 shut, 139 open.
as r01-infected-old
port 445 refuses
port 139 opens
says "netbios session" smb/resp-nb-session-ok
expect infected netpath-invalid-parameter
