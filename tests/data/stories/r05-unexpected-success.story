# Row R5: success with another buffer.
as xp-clean
says "ask control" smb/resp-s1-trans-infected-e-p1 at 88 4100
says "ask path" smb/resp-s1-trans-clean-7b-p2
expect suspect unexpected-success
