# Row R1.
as xp-clean
says "ask control" smb/resp-s1-trans-infected-ad-p1
says "ask path" smb/resp-s1-trans-infected-ad-p2
expect infected netpath-invalid-parameter
