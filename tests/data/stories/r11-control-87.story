# Row R11.
as xp-clean
says "ask control" smb/resp-s1-trans-both-57-p1
says "ask path" smb/resp-s1-trans-clean-7b-p2
expect no-sign netpath-clean-odd
