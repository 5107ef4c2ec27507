# Row R2.
as xp-clean
says "ask control" smb/resp-s1-trans-infected-e-p1
says "ask path" smb/resp-s1-trans-infected-e-p2
expect infected netpath-root-accepted
