# Row R4.
as xp-clean
says "ask control" smb/resp-s1-trans-infected-e-zero-p1
says "ask path" smb/resp-s1-trans-infected-e-zero-p2
expect suspect zero-outbuf
