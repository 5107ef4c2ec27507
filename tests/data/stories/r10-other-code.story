# Row R10.
as xp-clean
says "ask control" smb/resp-s1-trans-clean-84b-p1
says "ask path" smb/resp-s1-trans-clean-7b-p2 at 96 05000000
expect unknown netpath-return-unknown
